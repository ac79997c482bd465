"""Numbers of digits alone take a quick way to the value that the exact way gives."""

import random

import pytest

from kpi_toolkit.crm import casting
from kpi_toolkit.crm.casting import Form, cast
from kpi_toolkit.crm.database import locked

FORMS = [
    Form("money"),
    Form("money", decimal=",", thousands=" ", negative="()", sign="€"),
    Form("money", decimal=",", percent=True),
    Form("number", thousands=","),
    Form("number", decimal=",", percent=True),
    Form("whole"),
    Form("whole", decimal=",", thousands="."),
]


@pytest.mark.parametrize("form", FORMS, ids=repr)
def test_the_quick_way_gives_the_same(form: Form, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(7)
    texts = ["".join(rng.choices("0123456789,.-( )e%\n", k=rng.randint(1, 7))) for _ in range(4000)]
    texts += [
        f"{rng.choice(['', '-'])}{rng.randrange(10 ** rng.randint(1, 19))}" for _ in range(900)
    ]
    texts += [f"{rng.randrange(10**6)}{form.decimal}{rng.randrange(10**5)}" for _ in range(900)]
    quick = cast("x", form)
    monkeypatch.setattr(casting, "_is_simple", lambda text, form: "false")
    exact = cast("x", form)
    with locked() as engine:
        engine.execute("CREATE TABLE texts AS SELECT unnest(?) AS x", [texts])
        found = f"SELECT x, {quick} AS a, {exact} AS b FROM texts"
        differing = f"SELECT x, a, b FROM ({found}) WHERE a IS DISTINCT FROM b"
        assert engine.execute(differing).fetchall() == []
        assert engine.execute(f"SELECT count(a) FROM ({found})").fetchall()[0][0] > 500
