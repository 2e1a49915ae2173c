package preview

import (
	"bufio"
	"fmt"
	"html"
	"io"
	"strings"
	"time"
)

// The picture, in pixels.
const (
	svgLabel = 170
	svgTime  = 800
	svgRow   = 26
	svgHead  = 44
)

// writeSVG draws the timeline: phases as bands, a hill for each fault, as high as
// its share.
func writeSVG(to io.Writer, p Preview, _ Options) error {
	w := bufio.NewWriter(to)
	height := svgHead + svgRow*len(p.Faults) + 10
	fmt.Fprintf(w, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"12\" role=\"img\">\n",
		svgLabel+svgTime+10, height)
	fmt.Fprintf(w, "<title>%s</title>\n<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n", html.EscapeString(p.Name))
	for i, phase := range p.Phases {
		from, to := x(phase.From.Duration(), p), x(phase.To.Duration(), p)
		fill := "#f3f4f6"
		if i%2 == 1 {
			fill = "#e5e7eb"
		}
		fmt.Fprintf(w, "<rect x=\"%.1f\" y=\"0\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>\n", from, to-from, height, fill)
		fmt.Fprintf(w, "<text x=\"%.1f\" y=\"16\">%s</text>\n<text x=\"%.1f\" y=\"32\" fill=\"#6b7280\">%s</text>\n",
			from+4, html.EscapeString(phase.Name), from+4, span(phase.From.Duration()))
	}
	for i, f := range p.Faults {
		y := float64(svgHead + svgRow*(i+1) - 6)
		fmt.Fprintf(w, "<text x=\"6\" y=\"%.1f\">%s: %s</text>\n", y, html.EscapeString(f.Provider), html.EscapeString(f.Kind))
		fmt.Fprintf(w, "<polygon fill=\"#dc2626\" points=\"%s\"><title>%s; %s</title></polygon>\n",
			hill(f, p, y), html.EscapeString(f.Says), met(f))
	}
	fmt.Fprintln(w, "</svg>")
	return w.Flush()
}

func x(t time.Duration, p Preview) float64 {
	return svgLabel + svgTime*t.Seconds()/p.Length.Duration().Seconds()
}

// hill is the outline of a fault's share over its window.
func hill(f Fault, p Preview, foot float64) string {
	const steps = 200
	from, to := f.From.Duration(), f.To.Duration()
	points := []string{fmt.Sprintf("%.1f,%.1f", x(from, p), foot)}
	for i := range steps + 1 {
		at := from + (to-from-1)*time.Duration(i)/steps
		points = append(points, fmt.Sprintf("%.1f,%.1f", x(at, p), foot-(svgRow-8)*f.window.ShareAt(at)))
	}
	return strings.Join(append(points, fmt.Sprintf("%.1f,%.1f", x(to, p), foot)), " ")
}
