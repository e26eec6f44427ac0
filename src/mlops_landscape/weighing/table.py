"""The course's own table of the ten aspects, each with the section that examines it."""

from html import escape

from IPython.display import HTML

from mlops_landscape.weighing.aspects import load_aspects


def show_claims() -> HTML:
    """Return the course's table, to stand last in a cell; each aspect links to its section."""
    rows = "".join(
        f'<tr><th scope="row"><a href="#{aspect.section}">{escape(aspect.name)}</a></th>'
        f"<td>{_cell(aspect.open_source)}</td><td>{_cell(aspect.managed)}</td></tr>"
        for aspect in load_aspects()
    )
    return HTML(
        '<table class="dataframe text claims" data-page-assets="claims.css">'
        '<thead><tr><th scope="col">Feature/<wbr>Aspect</th>'
        '<th scope="col">Open source (MLflow, DVC, Kubeflow)</th>'
        '<th scope="col">Managed (SageMaker, Vertex, Azure ML)</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def _cell(claim: str) -> str:
    """Return `claim` as HTML that may break after a slash, on a phone."""
    return escape(claim).replace("/", "/<wbr>")
