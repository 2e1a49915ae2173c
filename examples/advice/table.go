package advice

import (
	"fmt"
	"slices"
	"strings"
)

// Table writes what was drilled as Markdown: a row for each finding, a column for each
// SDK with what the card found before → after, and a line on versions and dates.
func Table(all []Proof) string {
	var sdks, findings, versions []string
	for _, p := range all {
		if !slices.Contains(sdks, p.SDK) {
			sdks = append(sdks, p.SDK)
			versions = append(versions, fmt.Sprintf("%s %s, %s", p.SDK, p.Version, p.Date))
		}
		if !slices.Contains(findings, p.Finding) {
			findings = append(findings, p.Finding)
		}
	}
	slices.Sort(sdks)
	slices.Sort(versions)
	var b strings.Builder
	fmt.Fprintf(&b, "| finding | %s |\n|---|%s\n", strings.Join(sdks, " | "), strings.Repeat("---|", len(sdks)))
	for _, finding := range findings {
		fmt.Fprintf(&b, "| %s |", finding)
		for _, sdk := range sdks {
			i := slices.IndexFunc(all, func(p Proof) bool { return p.Finding == finding && p.SDK == sdk })
			if i < 0 {
				b.WriteString(" |")
				continue
			}
			fmt.Fprintf(&b, " %s → %s |", cell(all[i].Before.Findings, finding), cell(all[i].After.Findings, finding))
		}
		b.WriteString("\n")
	}
	return b.String() + "\nDrilled: " + strings.Join(versions, "; ") + ".\n"
}

// cell names what was found: "found" for the row's own finding, others by name.
func cell(found []string, row string) string {
	var parts []string
	for _, code := range found {
		if code == row {
			parts = slices.Insert(parts, 0, "found")
		} else {
			parts = append(parts, code)
		}
	}
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, ", ")
}
