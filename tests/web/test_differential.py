"""Python and JavaScript give the same answer, to the last code, to thousands of spoilt inputs."""

import json
import os
from itertools import islice

from tests.web.corpus import of_vectors, simulated
from tests.web.peer import Json, NodePeer, PythonPeer
from tests.web.questions import Questions

COUNT = int(os.environ.get("SEALROOT_DIFFERENTIAL", "3000"))
SEED = int(os.environ.get("SEALROOT_DIFFERENTIAL_SEED", "1"))
AT_ONCE = 500


def test_both_verifiers_agree_on_every_question() -> None:
    asked = Questions([*simulated(), *of_vectors()], SEED)
    here, differences, codes = PythonPeer(), [], set[str]()
    spoilt = asked.spoilt(COUNT)
    with NodePeer() as there:
        questions = asked.openings()
        while questions:
            answers = there.answers(questions, here.answer)
            for question, (ours, theirs) in zip(questions, answers, strict=True):
                codes.add(json.dumps(ours))
                if not same(question, ours, theirs):
                    differences.append(told(question, ours, theirs))
            questions = list(islice(spoilt, AT_ONCE))

    examples = "\n".join(differences[:5])
    assert differences == [], f"{len(differences)} differ, for example\n{examples}"
    assert len(codes) > COUNT // 50, "the questions all have the same answers"


def same(question: Json, ours: Json, theirs: Json) -> bool:
    """Equal, but that of several faults in the JSON of a type document each may name another."""
    refusals = {ours.get("refused"), theirs.get("refused")}
    if question.get("what") == "type" and refusals == {"form.too_large", "form.encoding"}:
        return True
    return bool(ours == theirs)


def told(question: Json, ours: Json, theirs: Json) -> str:
    named = (("asked", question), ("Python", ours), ("Node", theirs))
    return "\n".join(f"{name:8}{json.dumps(what)}" for name, what in named)
