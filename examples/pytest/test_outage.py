"""How the support answers while its first provider fails."""

from support import Support


def test_users_of_a_surge(drill):
    """Judged from both ends: what users got, and what the providers were asked."""
    support = Support()
    for phase in ("baseline", "surge", "recovery"):
        drill.jump(phase)
        drill.ask(support.reply, count=40)
    card = drill.card()
    assert card["verdict"] == "pass", card["sentence"]
    assert not card["findings"]


def test_manners_in_a_surge(drill):
    """Judged by the providers alone: the test looks at the answers by itself, or not at
    all. What users got is not measured then, and no verdict is given."""
    support = Support()
    drill.jump("surge")
    for _ in range(5):
        support.reply("Where is my parcel?")
    assert drill.counters("primary", "surge")["attempts"] == 5
    assert drill.counters("secondary", "surge")["attempts"] == 5


def test_an_answer_that_ends_early(drill):
    """A fault that no phase of the scenario has: half an answer with a reason to end."""
    drill.open("primary", "early_finish", at={"token": 5})
    [answer] = drill.ask(Support().reply)
    assert not isinstance(answer, Exception)
    assert drill.call("/v1/counters")["providers"][1]["attempts"] == 1, f"the users saw {answer!r}"
