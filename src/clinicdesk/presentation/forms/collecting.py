"""Collecting a consent: prepared by staff, handed over, signed by the family (`ux-spec.md` 7.7, D42)."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.domain.consent_text import ASKING, Block, FormLanguage
from clinicdesk.i18n import Language, catalogue, sentence, tr
from clinicdesk.presentation.last_act import LastActs
from clinicdesk.presentation.runner import Runner
from clinicdesk.services.consent_values import Collected, How, NewConsent, PaperToSign, Point, PossibleSigner
from clinicdesk.services.consents import Consents
from clinicdesk.services.desk import Desk


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectState:
    """The form in hand. `handed_over` means that only the form may be reached."""

    paper: PaperToSign | None = None
    language: str = "en"
    signer: int = -1
    signed_by: str = ""
    relation: str = ""
    identity: str = ""
    how: How = How.PEN
    witness: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    handed_over: bool = False
    busy: bool = False
    collected: Collected | None = None
    failure: str = ""
    problem: str = ""
    field: str = ""
    block: str = ""

    @property
    def form(self) -> FormLanguage | None:
        return None if self.paper is None else self.paper.form.text.spoken(self.language)

    @property
    def chosen(self) -> PossibleSigner | None:
        return self.paper.signers[self.signer] if self.paper is not None and self.signer >= 0 else None

    @property
    def asking(self) -> tuple[Block, ...]:
        form = self.form
        return () if form is None else tuple(block for block in form.blocks if block.kind in ASKING)

    def tr(self, text: str, **params: str) -> str:
        """Words in the signer's language: it need not be the desk's."""
        return catalogue(Language(self.language)).tr(text, **params)


class CollectPresenter:
    """Intents of staff before, and of the family during, the hand-over."""

    def __init__(self, desk: Desk, consents: Consents, runner: Runner, acts: LastActs) -> None:
        self._desk = desk
        self._consents = consents
        self._runner = runner
        self._acts = acts
        self._order: uuid.UUID | None = None
        self.state = CollectState()
        self.on_change: Callable[[CollectState], None] = _nothing

    # Staff

    def open(self, form: str, student: str, order: str = "", renews: str = "") -> None:
        """Lay the form out; the first who may sign is proposed, in her language."""
        self.state = CollectState()
        self.on_change(self.state)
        self._order = uuid.UUID(order) if order else None
        self._runner.run(
            lambda: self._consents.paper(
                uuid.UUID(form),
                uuid.UUID(student),
                order=self._order,
                renews=uuid.UUID(renews) if renews else None,
            ),
            done=self._on_paper,
            failed=self._on_failed,
            key="forms.paper",
        )

    def choose_signer(self, at: int) -> None:
        paper = self.state.paper
        if paper is None or not 0 <= at < len(paper.signers):
            return
        one = paper.signers[at]
        language = one.language if one.language in {spoken.language for spoken in paper.form.text.languages} else "en"
        self._set(signer=at, signed_by=one.name, relation=one.relation, language=language, problem="")

    def choose_identity(self, evidence: str) -> None:
        self._set(identity=evidence, problem="")

    def hand_over(self) -> None:
        """From here on the family has the screen."""
        if not self.why_not_ready():
            self._set(handed_over=True, problem="")

    def why_not_ready(self) -> str:
        """What staff still has to do before the screen changes hands; empty when ready."""
        chosen = self.state.chosen
        if chosen is None:
            return sentence(InvalidValueError("signed_by", "missing"))
        if chosen.capacity is None:
            return tr("This person may not sign.")
        return "" if self.state.identity.strip() else tr("Check who is signing first.")

    def leave(self, password: str) -> None:
        """Staff takes the screen back by the own password; nothing else ends the hand-over."""
        self._set(busy=True, problem="", field="")
        name = self._desk.unlocked.person.name

        def proved() -> None:
            again = self._desk.reauthenticate(name, password)
            again.keys.destroy()

        def done(_nothing: None) -> None:
            self._set(busy=False, handed_over=False)

        self._runner.run(proved, done=done, failed=self._on_wrong)

    def take_back(self) -> None:
        """The desk locks: the hand-over ends without a password, behind the lock."""
        self.state = CollectState()
        self.on_change(self.state)

    # The family

    def speak(self, language: str) -> None:
        self._set(language=language)

    def type_name(self, name: str) -> None:
        self.state = replace(self.state, signed_by=name)

    def choose_relation(self, relation: str) -> None:
        self.state = replace(self.state, relation=relation)

    def answer(self, block: str, answer: str) -> None:
        self.state = replace(self.state, answers={**self.state.answers, block: answer})

    def sign_by(self, how: How) -> None:
        """With the pen, by the typed name, or by a mark that somebody witnesses."""
        self._set(how=how, problem="", field="")

    def type_witness(self, name: str) -> None:
        self.state = replace(self.state, witness=name)

    def sign(self, strokes: Sequence[Sequence[Point]] = (), pen: bytes | None = None) -> None:
        self._collect(strokes, pen, refused=False)

    def refuse(self) -> None:
        """Not to agree is an answer too, and is kept."""
        self._collect((), None, refused=True)

    def _collect(self, strokes: Sequence[Sequence[Point]], pen: bytes | None, *, refused: bool) -> None:
        paper, chosen, state = self.state.paper, self.state.chosen, self.state
        if paper is None or paper.form.id is None or chosen is None or state.busy or state.collected is not None:
            return
        new = NewConsent(
            form_id=paper.form.id,
            student_id=paper.student.id,
            signed_by=state.signed_by,
            relation=state.relation,
            contact_id=chosen.contact_id,
            identity=state.identity,
            language=state.language,
            how=How.TYPED if refused else state.how,
            answers=state.answers,
            strokes=strokes,
            pen=pen,
            witness=state.witness if state.how is How.MARK else "",
            order_id=None if paper.order is None else paper.order.id,
            renews=paper.renews,
            refused=refused,
        )
        self._set(busy=True, problem="", field="", block="")
        self._runner.run(lambda: self._consents.collect(new), done=self._on_collected, failed=self._on_problem)

    def _on_paper(self, paper: PaperToSign) -> None:
        self.state = replace(self.state, paper=paper, failure="")
        if paper.signers and paper.signers[0].capacity is not None:
            self.choose_signer(0)
        else:
            self.on_change(self.state)

    def _on_collected(self, collected: Collected) -> None:
        self._acts.done(collected.last_act)
        self._set(busy=False, collected=collected)

    def _on_problem(self, error: Exception) -> None:
        named = isinstance(error, InvalidValueError)
        block = str(error.params.get("block", "")) if isinstance(error, InvalidValueError) else ""
        where = error.field if isinstance(error, InvalidValueError) else ""
        words = self.state.tr(_PROBLEMS[where]) if named and where in _PROBLEMS else sentence(error)
        self._set(busy=False, problem=words, field=where, block=block)

    def _on_wrong(self, error: Exception) -> None:
        self._set(busy=False, problem=sentence(error), field="password")

    def _on_failed(self, error: Exception) -> None:
        self._set(failure=sentence(error))

    def _set(self, **changes: object) -> None:
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]  # names of the state
        self.on_change(self.state)


_PROBLEMS = {
    "signed_by": "Please write your full name.",
    "signature": "Please sign in the box first.",
    "witness": "A mark needs a witness: write the name.",
    "answers": "Please answer every question.",
}


def _nothing(_state: CollectState) -> None:
    return
