"""The builder's page in words: stacks, rules and needs, written from the data that it uses."""

from html import escape

from IPython.display import HTML

from mlops_landscape.catalogue import Catalogue
from mlops_landscape.stack.rules import CONSTRAINTS, KUBERNETES_COUNT, TEAMS, UPKEEP
from mlops_landscape.stack.stacks import Stacks


def stacks_html(catalogue: Catalogue, stacks: Stacks) -> HTML:
    """Return a paragraph for each worked stack, and its picks with their reasons, folded."""
    return HTML("\n".join(_stack(stack_id.id, catalogue, stacks) for stack_id in stacks.stacks))


def _stack(stack_id: str, catalogue: Catalogue, stacks: Stacks) -> str:
    stack = stacks.stack(stack_id)
    assert stack is not None
    picks = "".join(
        f"<li><strong>{escape(catalogue.tool(pick.tool).name)}</strong> for "
        f"{escape(catalogue.place(pick.job)[1].name)}: {escape(pick.reason)}</li>"
        for pick in stack.picks
    )
    tools = len({pick.tool for pick in stack.picks})
    return (
        f'<div class="mls-explained" id="stack-{stack.id}">'
        f"<p><strong>{escape(stack.name)}</strong>, for {escape(stack.made_for)}. "
        f"{escape(stack.summary)}</p>"
        f"<details><summary>Its {tools} tools, and the reason for each</summary>"
        f"<ul>{picks}</ul></details></div>"
    )


def rules_html() -> HTML:
    """Return the constraints and how the upkeep is counted, as two lists."""
    constraints = "".join(
        f"<li><strong>{escape(each.label)}.</strong> {escape(each.meaning)}</li>"
        for each in CONSTRAINTS.values()
    )
    counts = ", ".join(f"{escape(each.words)}: {each.count}" for each in UPKEEP.values())
    teams = ", ".join(f"{team.most} for {escape(team.who)}" for team in TEAMS.values())
    return HTML(
        f"<ul>{constraints}</ul><p>Things to keep alive are counted so: {counts}; a Kubernetes "
        f"cluster {KUBERNETES_COUNT}, once, and one more for each tool on it. The builder warns "
        f"when there are more than: {teams}.</p>"
    )


def jobs_html(catalogue: Catalogue, stacks: Stacks) -> HTML:
    """Return the jobs that are essential, each with the reason."""
    items = "".join(
        f"<li><strong>{escape(catalogue.place(job.id)[1].name)}.</strong> {escape(job.reason)}</li>"
        for job in stacks.jobs
        if job.is_essential
    )
    return HTML(f"<ul>{items}</ul>")
