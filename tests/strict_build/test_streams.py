"""What a process prints in a chapter arrives on its page as it was printed."""

from pathlib import Path

from jupyter_cache.base import ProjectNb
from jupyter_cache.executors.basic import ProcessData
from nbformat.v4 import new_code_cell, new_notebook

from mlops_landscape.book.run import _Worker

WORDS = "word " * 100


def test_what_a_shell_prints_is_one_output_without_new_line_breaks(tmp_path: Path) -> None:
    notebook = new_notebook(
        cells=[new_code_cell(f"%%bash\nprintf '{WORDS}'; sleep 0.2; echo end; echo told >&2")],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    )
    page = ProjectNb(1, str(tmp_path / "page.md"), notebook, [])
    result = _Worker.execute(page, ProcessData(1, page.uri, None, 60, False))
    assert result.err is None
    streams = {output["name"]: output["text"] for output in result.nb.cells[0].outputs}
    assert len(result.nb.cells[0].outputs) == 2
    assert streams == {"stdout": f"{WORDS}end\n", "stderr": "told\n"}
