package drill

import (
	"strings"

	"github.com/seed-76a9de92/brownout/scenarios/traffic"
)

// renewalsMost bounds how many failed logins beside the schedule are written down, one
// by one: there may be as many as there are users.
const renewalsMost = 100

// notRenewed marks that a user could not log in once more. It is no request of the
// schedule, and so has no line among them.
func (d *drill) notRenewed(due traffic.Due, why error) {
	if d.ledger.start.Load() == nil || d.renewals.Add(1) > renewalsMost {
		return
	}
	d.ledger.mark("login", d.plan.Journeys[due.Journey].Name+": "+shorten(anyPort(strings.TrimPrefix(why.Error(), "login: ")), 200))
}
