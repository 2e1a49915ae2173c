package chart

// A Line is one of the lines that an overlay lays over each other: a value 0–1 for
// each step, nil where there is none.
type Line struct {
	StepS  float64
	Values []*float64
	Class  string // of its colour
	Fill   string // its colour without a style sheet
	Dashes string // as of SVG, "" is a whole line: colour alone tells no two lines apart
}

// OverlayOf draws shares of several runs of a drill over each other, on the time axis
// and over the faults of d; label and title say what the shares are of. A drill of no
// length gives nil. The template is that of a timeline.
func OverlayOf(d Drill, id string, width float64, label, title string, lines ...Line) *Timeline {
	c := axis(d, id, width)
	if c == nil {
		return nil
	}
	c.Title = title
	y := c.lanes(d, 22) + 8
	c.PlotTop = y
	s := strip{Y: y, Height: 110, Label: label, Top: "max 100 %"}
	columns := int((c.Right - c.Left) / 4)
	for _, line := range lines {
		values, step := lowest(line.Values, line.StepS, columns)
		s.Areas = append(s.Areas, area{Class: line.Class, Fill: line.Fill, Dashes: line.Dashes, Line: true, D: c.trace(s, values, 1, step)})
	}
	c.Strips = append(c.Strips, s)
	c.PlotBottom = y + s.Height + 4
	c.phases(d)
	c.ticks()
	c.Height = c.PlotBottom + 20
	return c
}

// lowest lays values out in at most so many columns and takes the lowest of each: of
// shares the dents are what matters.
func lowest(values []*float64, step float64, columns int) ([]*float64, float64) {
	each := max((len(values)+columns-1)/max(columns, 1), 1)
	dents := make([]*float64, (len(values)+each-1)/each)
	for i, v := range values {
		if at := &dents[i/each]; v != nil && (*at == nil || *v < **at) {
			*at = v
		}
	}
	return dents, step * float64(each)
}
