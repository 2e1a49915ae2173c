package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/seed-76a9de92/brownout/cmd/brownout/subjects"
	"github.com/seed-76a9de92/brownout/examples/advice"
	"github.com/seed-76a9de92/brownout/scenarios/schema"
)

// onlyFindings leaves the findings of what a word may mean, where there are some: it is
// they that have advice for an SDK.
func onlyFindings(found []subjects.Subject, meant []string) ([]subjects.Subject, []string) {
	isFinding := func(name string) bool { return strings.HasPrefix(name, "finding.") }
	i := slices.IndexFunc(found, func(s subjects.Subject) bool { return isFinding(s.Name) })
	if i < 0 {
		return found, meant
	}
	return found[i : i+1], []string{found[i].Name}
}

// mentionSDKs says for which SDKs there is advice on a finding.
func mentionSDKs(w io.Writer, subject string) error {
	all, err := advice.All()
	if err != nil {
		return err
	}
	var sdks []string
	for _, p := range all {
		if "finding."+p.Finding == subject {
			sdks = append(sdks, p.SDK)
		}
	}
	if len(sdks) > 0 {
		fmt.Fprintf(w, "\nThe lines to change, drilled before and after\n  brownout explain %s --sdk %s\n", subject, strings.Join(sdks, "|"))
	}
	return nil
}

// explainWithSDK writes the change that makes a finding go in a program on an SDK.
func explainWithSDK(w io.Writer, subject, sdk string) error {
	all, err := advice.All()
	if err != nil {
		return err
	}
	var sdks []string
	for _, p := range all {
		sdks = append(sdks, p.SDK)
	}
	slices.Sort(sdks)
	sdks = slices.Compact(sdks)
	if !slices.Contains(sdks, sdk) {
		hint := "there is some for " + strings.Join(sdks, ", ")
		if near := schema.Nearest(sdk, sdks); near != "" {
			hint = "did you mean " + near + "?"
		}
		return &exit{code: exitUsage, err: fmt.Errorf("no advice for an SDK %q", sdk), hint: hint}
	}
	finding, ok := strings.CutPrefix(subject, "finding.")
	if !ok {
		return &exit{code: exitUsage, err: fmt.Errorf("--sdk with %s, which is no finding", subject), hint: "for example: brownout explain finding.hangs --sdk " + sdk}
	}
	i := slices.IndexFunc(all, func(p advice.Proof) bool { return p.Finding == finding && p.SDK == sdk })
	if i < 0 {
		return &exit{code: exitUsage, err: fmt.Errorf("no advice on %s for %s", subject, sdk), hint: adviceOn(all, finding, sdk)}
	}
	writeProof(w, all[i])
	return nil
}

// adviceOn says for which SDKs there is advice on a finding, or on which findings there
// is some for an SDK.
func adviceOn(all []advice.Proof, finding, sdk string) string {
	var sdks, findings []string
	for _, p := range all {
		if p.Finding == finding {
			sdks = append(sdks, p.SDK)
		}
		if p.SDK == sdk {
			findings = append(findings, p.Finding)
		}
	}
	if len(sdks) > 0 {
		return "there is some for " + strings.Join(sdks, ", ")
	}
	return "for " + sdk + " there is some on " + strings.Join(findings, ", ") + "; without --sdk it says what to change with any"
}

// writeProof writes a change, and what showed that it is one.
func writeProof(w io.Writer, p advice.Proof) {
	fmt.Fprintf(w, "finding.%s with %s\n", p.Finding, p.SDK)
	for _, part := range [][2]string{{"Before", p.Before.Code}, {"After", p.After.Code}} {
		fmt.Fprintf(w, "\n%s\n", part[0])
		for line := range strings.Lines(part[1]) {
			fmt.Fprint(w, strings.TrimRight("  "+line, " \t\n")+"\n")
		}
	}
	fmt.Fprintf(w, "\nDrilled with %s %s on %s\n  before: %s\n  after: %s\n\nThe whole program, and the drill\n  %s\n  examples/advice/drills/%s.drill.yaml\n",
		p.SDK, p.Version, p.Date, found(p.Before.Findings), found(p.After.Findings), p.Program, p.Finding)
}

// found names findings.
func found(codes []string) string {
	if len(codes) == 0 {
		return "no finding"
	}
	return strings.Join(codes, ", ")
}
