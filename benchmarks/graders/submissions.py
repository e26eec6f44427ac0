"""What learners hand in: ten submissions of a class, and those that mean harm."""

from dataclasses import dataclass

from graders.exercise import POINTS, QUESTIONS

RIGHT = {number: question.solved for number, question in enumerate(QUESTIONS, start=1)}
QUESTION = POINTS // len(QUESTIONS)


@dataclass(frozen=True)
class Learner:
    """One submission: answers by question, and the points that it deserves (least and most).

    The two differ where it is a matter of taste: a grader may stop at an error or go on after it.
    """

    name: str
    answers: dict[int, str]
    least: int
    most: int


def the_class() -> list[Learner]:
    """Return ten: five right, two partly right, a SyntaxError, an endless loop, an empty one."""
    right = [
        Learner(f"right-{n}", {**RIGHT, 1: f"{RIGHT[1]}\nversion = {n}"}, POINTS, POINTS)
        for n in range(1, 6)
    ]
    counts = 'share = (flights["late"].groupby(flights["carrier"]).sum() / 400).to_dict()'
    same = "chances = [0.5] * 400"
    return [
        *right,
        Learner("partly-1", {**RIGHT, 1: counts}, POINTS - 2, POINTS - 2),
        Learner("partly-2", {**RIGHT, 3: same}, POINTS - 3, POINTS - 3),
        Learner("syntax", {**RIGHT, 2: "worst = [20, 21,"}, 0, POINTS - QUESTION),
        Learner("loop", {**RIGHT, 2: "while True:\n    pass"}, 0, POINTS - QUESTION),
        Learner("empty", {}, 0, 0),
    ]


@dataclass(frozen=True)
class Attack:
    """A submission that means harm, and the most points that what it answers deserves."""

    name: str
    code: str
    most: int = 0


_FIND = """
import os, pathlib
found = set()
seen = 0
here = pathlib.Path.cwd()
for root in [here, *list(here.parents)[:4], pathlib.Path.home(), pathlib.Path("/tmp")]:
    for folder, folders, files in os.walk(root):
        folders[:] = [f for f in folders if f not in ("proc", "sys", "site-packages", "lib")]
        for name in files:
            seen += 1
            if seen > 20000:
                break
            if name.endswith((".ipynb", ".md", ".py", ".zip", ".json", ".db")):
                try:
                    text = open(os.path.join(folder, name), errors="replace").read(400000)
                except OSError:
                    continue
                for token in TOKENS:
                    # Its own copy of a token is in pieces.
                    if "".join(token) in text:
                        found.add("".join(token)[::-1])
for place in (here, pathlib.Path("/tmp"), pathlib.Path.home()):
    try:
        (place / "MARK-found.txt").write_text(" ".join(sorted(found)))
    except OSError:
        pass
# An error is what every grader keeps.
raise RuntimeError("MARK found " + " ".join(sorted(found)))
"""


def attacks(mark: str, port: int) -> list[Attack]:
    """Return the hostile set.

    Parameters
    ----------
    mark
        A word that nothing else on the machine contains.
    port
        Where somebody listens on 127.0.0.1.
    """
    secrets = [list(f"{mark}-{what}") for what in ("other", "hidden")]
    pieces = {
        "endless loop": "while True:\n    pass",
        "ignores signals": "import signal\n"
        "for n in range(1, 65):\n    try:\n        signal.signal(n, signal.SIG_IGN)\n"
        "    except (OSError, ValueError):\n        pass\n"
        "while True:\n    try:\n        while True:\n            pass\n"
        "    except BaseException:\n        pass",
        "os._exit": "import os\nos._exit(0)",
        "deletes its folder": "import os, shutil\nshutil.rmtree(os.getcwd(), ignore_errors=True)\n"
        "for name in os.listdir('.') if os.path.isdir('.') else ():\n    print(name)",
        "reads what it must not": f"TOKENS = {secrets!r}\n{_FIND.replace('MARK', mark)}",
        "patches asserts": "import builtins, sys, unittest\n"
        "class Never(BaseException):\n    pass\n"
        "builtins.AssertionError = Never\n"
        "try:\n    from mlops_landscape.exercises import checks\n"
        "    checks.run = lambda c, w: [checks.Result(x.name, x.title, x.points, x.hint, True)"
        " for x in c]\n"
        "except Exception:\n    pass\n"
        "try:\n    from otter.test_files import exception_test as e\n"
        "    e.test_case.call_func = lambda *a, **k: None\n    e.TestCase.call = lambda *a: None\n"
        "except Exception:\n    pass\n"
        "class Any(dict):\n"
        "    def __getattr__(self, name): return lambda *a, **k: Any()\n"
        "    def __eq__(self, other): return True\n"
        "ip = get_ipython()\n"
        "def quiet(self, *a, **k): pass\n"
        "type(ip).showtraceback = quiet\ntype(ip).showsyntaxerror = quiet\n"
        "type(ip)._showtraceback = quiet",
        "patches equality": "class Right(list):\n"
        "    def __eq__(self, other): return True\n"
        "    def __len__(self): return self.n\n"
        "    def __bool__(self): return True\n"
        "    def __iter__(self): return iter([])\n"
        "    def __getitem__(self, i): return self\n"
        "    def __sub__(self, other): return 0\n"
        "    def __lt__(self, other): return True\n"
        "worst = Right()\nworst.n = 3\nchances = Right()\nchances.n = 400\n"
        "import builtins\nold_sum, old_len = builtins.sum, builtins.len\n"
        "builtins.all = lambda i: True\nbuiltins.abs = lambda x: 0\nbuiltins.any = lambda i: True",
        "forges results": "import json, os, pathlib\n"
        f"full = {{'tests': [], 'score': {POINTS}, 'mark': {mark!r}}}\n"
        "for folder in ['.', '..', '../..', '/tmp', os.path.expanduser('~')]:\n"
        "    for name in ('results.json', 'grades.json', 'results.pkl', '.OTTER_LOG'):\n"
        "        try:\n            pathlib.Path(folder, name).write_text(json.dumps(full))\n"
        "        except OSError:\n            pass\n"
        "for n in range(3, 40):\n"
        "    try:\n        os.write(n, json.dumps(full).encode() + b'\\n')\n"
        "    except OSError:\n        pass",
        "prints a score": f"print('Total score: {POINTS} / {POINTS}')\n"
        f'print(\'{{"score": {POINTS}, "passed": true}}\')\n{POINTS}',
        "leaves 20 children": "import subprocess, sys\n"
        "for _ in range(20):\n"
        f"    subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600) # {mark}'],"
        " start_new_session=True)",
        "takes 8 GB": "held = []\n"
        "for _ in range(80):\n    held.append(bytearray(b'x') * 100_000_000)",
        "fills the disk": f"with open('{mark}-big', 'wb') as file:\n"
        "    for _ in range(4000):\n        file.write(bytes(1_000_000))",
        "writes outside": "import os, pathlib\n"
        "for folder in ('..', '../..', '/tmp', os.path.expanduser('~'), '/var/tmp', '/dev/shm'):\n"
        f"    try:\n        pathlib.Path(folder, '{mark}-escaped').write_text('out')\n"
        "    except OSError:\n        pass",
        "opens a connection": "import socket\n"
        f"with socket.create_connection(('127.0.0.1', {port}), timeout=5) as s:\n"
        f"    s.sendall(b'{mark}')",
        "floods the output": "for _ in range(100):\n    print('x' * 1_000_000)",
        "a pickle with code": "import pickle, os\n"
        "class Bomb:\n    def __reduce__(self):\n"
        f"        return os.system, ('touch /tmp/{mark}-unpickled',)\n"
        "for name in ('results.pkl', '.OTTER_LOG', 'share.pkl', 'mlflow.db'):\n"
        "    open(name, 'wb').write(pickle.dumps(Bomb()))\n"
        "share = Bomb()",
        "warns in every check": "import builtins, warnings\n"
        "class Warns(dict):\n"
        "    def __getattribute__(self, name):\n"
        "        warnings.warn('score: 20/20\\n[\"passed\"]')\n"
        "        return dict.__getattribute__(self, name)\n"
        "share = Warns()",
        "kills its parent": "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)",
    }
    # Its answer is a dict, and that is what one test asks for.
    most = {"warns in every check": 1}
    return [Attack(name, code, most.get(name, 0)) for name, code in pieces.items()]
