"""Collecting a consent: prepared by staff, handed over, signed by the family (`ux-spec.md` 7.7, D42)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from clinicdesk.core.errors import InvalidValueError, PermissionDeniedError, WorldError
from clinicdesk.domain.consent_text import ASKING, Block, FormLanguage
from clinicdesk.domain.entry.when import parse_date
from clinicdesk.i18n import Language, catalogue, tr
from clinicdesk.presentation.forms.papers import PaperTray
from clinicdesk.presentation.forms.words import failure_words
from clinicdesk.presentation.last_act import LastActs
from clinicdesk.presentation.runner import Runner
from clinicdesk.services.consent_drafts import ConsentDrafts, TypedConsent
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
    on_paper: bool = False
    """Staff enters what the family signed with a pen."""
    signed_on: str = ""
    handed_over: bool = False
    wants_copy: bool = True
    wants_paper: bool = False
    restored: bool = False
    """What was typed before the desk locked is here again."""
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

    @property
    def nobody_may_sign(self) -> bool:
        return self.paper is not None and all(one.capacity is None for one in self.paper.signers)

    def tr(self, text: str, **params: str) -> str:
        """Words in the signer's language: it need not be the desk's."""
        return catalogue(Language(self.language)).tr(text, **params)


class CollectPresenter:
    """Intents of staff before, and of the family during, the hand-over."""

    def __init__(self, desk: Desk, consents: Consents, runner: Runner, acts: LastActs, tray: PaperTray) -> None:
        self._desk = desk
        self._consents = consents
        self._drafts = ConsentDrafts(desk)
        self._runner = runner
        self._acts = acts
        self._tray = tray
        self._order: uuid.UUID | None = None
        self._changed = False
        self._signing = False
        self.state = CollectState()
        self.on_change: Callable[[CollectState], None] = _nothing
        self.on_typed: Callable[[], None] = _nothing_typed
        self.on_said: Callable[[str], None] = _nothing_said

    # Staff

    def open(self, form: str, student: str, order: str = "", renews: str = "", *, on_paper: bool = False) -> None:
        """Lay the form out; the first who may sign is proposed, in her language. What was typed before comes back."""
        self._changed = False
        self.state = CollectState(on_paper=on_paper)
        self.on_change(self.state)
        self._order = uuid.UUID(order) if order else None

        def laid_out() -> tuple[PaperToSign, TypedConsent | None]:
            paper = self._consents.paper(
                uuid.UUID(form),
                uuid.UUID(student),
                order=self._order,
                renews=uuid.UUID(renews) if renews else None,
            )
            return paper, self._drafts.find(uuid.UUID(form), paper.student.id)

        self._runner.run(laid_out, done=self._on_paper, failed=self._on_failed, key="forms.paper")

    def choose_signer(self, at: int) -> None:
        paper = self.state.paper
        if paper is None or not 0 <= at < len(paper.signers):
            return
        one = paper.signers[at]
        language = one.language if one.language in {spoken.language for spoken in paper.form.text.languages} else "en"
        self._set(signer=at, signed_by=one.name, relation=one.relation, language=language, problem="")

    def choose_identity(self, evidence: str) -> None:
        self._set(identity=evidence, problem="", field="")

    def enter_paper(self, on_paper: bool) -> None:
        """The family signed with a pen: staff enters what stands on the paper."""
        self._set(on_paper=on_paper, problem="", field="", wants_paper=False)

    def type_signed_on(self, text: str) -> None:
        self._type(signed_on=text)

    def read_day(self, text: str) -> dt.date:
        """The day on the paper, as typed.

        Raises:
            InvalidValueError: no day, or one that is still to come.
        """
        return parse_date(text, self._desk.today(), field="signed_on")

    def record_paper(self, *, refused: bool = False) -> None:
        """What stands on the paper goes on record, with its own day (M17)."""
        reason = self.why_not_ready()
        if reason:
            self._set(problem=reason, field="")
            return
        try:
            signed_on = self.read_day(self.state.signed_on)
        except InvalidValueError as error:
            self._on_problem(error)
            return
        self._collect((), None, refused=refused, signed_on=signed_on)

    # Papers

    def print_blank(self) -> None:
        """The form for the pen, in every language it speaks."""
        paper = self.state.paper
        if paper is not None and paper.form.id is not None:
            order = None if paper.order is None else paper.order.id
            self._tray.print_blank(paper.form.id, paper.student.id, order, self._on_problem)

    def print_copy(self) -> None:
        """The family's copy of what was just signed."""
        if self.state.collected is not None:
            self._tray.print_document(self.state.collected.id, self._on_problem)

    def save_copy(self) -> None:
        if self.state.collected is not None:
            self._tray.save_document(self.state.collected.id, self.on_said, self._on_problem)

    def save_text(self) -> None:
        if self.state.collected is not None:
            self._tray.save_text(self.state.collected.id, self.on_said, self._on_problem)

    # Keeping

    def keep(self) -> None:
        """Keep what was typed, within a second of the last key."""
        kept = self._to_keep()
        if kept is not None:
            form, student, typed = kept
            self._changed = False
            self._runner.run(lambda: self._drafts.keep(form, student, typed), failed=self._on_not_kept)

    def keep_now(self) -> None:
        """The person goes or the desk locks: what was typed is kept before the runner's work is dropped."""
        kept = self._to_keep()
        if kept is None:
            return
        try:
            self._drafts.keep(*kept)
        except (WorldError, PermissionDeniedError) as error:
            self._on_not_kept(error)
            return
        self._changed = False

    # The hand-over

    def hand_over(self) -> None:
        """From here on the family has the screen."""
        if not self.why_not_ready():
            self._set(handed_over=True, on_paper=False, wants_paper=False, problem="", field="")

    def why_not_ready(self) -> str:
        """What staff still has to do before the screen changes hands; empty when ready."""
        chosen = self.state.chosen
        if self.state.nobody_may_sign:
            return tr("Nobody on file may sign this form.")
        if chosen is None:
            return tr("Choose who signs first.")
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
        """The desk locks: the hand-over ends without a password, behind the lock; what was typed is kept."""
        self.keep_now()
        self.state = CollectState()
        self.on_change(self.state)

    # The family

    def now(self) -> dt.datetime:
        """The school's clock."""
        return self._desk.local(self._desk.now())

    def speak(self, language: str) -> None:
        self._set(language=language)

    def type_name(self, name: str) -> None:
        self._type(signed_by=name)

    def choose_relation(self, relation: str) -> None:
        self._type(relation=relation)

    def answer(self, block: str, answer: str) -> None:
        self._type(answers={**self.state.answers, block: answer})

    def want_copy(self, wanted: bool) -> None:
        """Staff is told when the screen is back."""
        self.state = replace(self.state, wants_copy=wanted)

    def want_paper(self, wanted: bool) -> None:
        """Paper is for staff to print: the way leads through the unlock."""
        self.state = replace(self.state, wants_paper=wanted)

    def sign_by(self, how: How) -> None:
        """With the pen, by the typed name, or by a mark that somebody witnesses."""
        self._set(how=how, problem="", field="")

    def type_witness(self, name: str) -> None:
        self._type(witness=name)

    def sign(self, strokes: Sequence[Sequence[Point]] = (), pen: bytes | None = None) -> None:
        self._collect(strokes, pen, refused=False)

    def refuse(self) -> None:
        """Not to agree is an answer too, and is kept."""
        self._collect((), None, refused=True)

    def _collect(
        self,
        strokes: Sequence[Sequence[Point]],
        pen: bytes | None,
        *,
        refused: bool,
        signed_on: dt.date | None = None,
    ) -> None:
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
            how=How.PAPER if signed_on is not None else How.TYPED if refused else state.how,
            answers=state.answers,
            strokes=strokes,
            pen=pen,
            witness=state.witness if state.how is How.MARK and signed_on is None else "",
            order_id=None if paper.order is None else paper.order.id,
            renews=paper.renews,
            refused=refused,
            signed_on=signed_on,
        )

        def written() -> Collected:
            collected = self._consents.collect(new)
            self._drafts.discard(new.form_id, new.student_id)
            return collected

        self._signing = True
        self._set(busy=True, problem="", field="", block="")
        self._runner.run(written, done=self._on_collected, failed=self._on_problem)

    def _type(self, **changes: object) -> None:
        """Words of the form: the view has them already, so nothing is drawn."""
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]  # names of the state
        self._changed = True
        self.on_typed()

    def _to_keep(self) -> tuple[uuid.UUID, uuid.UUID, TypedConsent] | None:
        state, chosen = self.state, self.state.chosen
        if not self._changed or self._signing or state.paper is None or state.collected is not None:
            return None
        if state.paper.form.id is None:
            return None
        typed = TypedConsent(
            contact_id=chosen.contact_id if chosen is not None else None,
            signed_by=state.signed_by,
            relation=state.relation,
            language=state.language,
            witness=state.witness,
            signed_on=state.signed_on,
            answers=state.answers,
        )
        return state.paper.form.id, state.paper.student.id, typed

    def _on_paper(self, found: tuple[PaperToSign, TypedConsent | None]) -> None:
        paper, typed = found
        self.state = replace(self.state, paper=paper, failure="")
        if paper.signers and paper.signers[0].capacity is not None:
            self.choose_signer(0)
        else:
            self.on_change(self.state)
        if typed is not None:
            self._restore(paper, typed)

    def _restore(self, paper: PaperToSign, typed: TypedConsent) -> None:
        """Only what was typed: who signed may have lost the right to since, and the identity is checked anew."""
        signers = enumerate(paper.signers)
        same = (at for at, one in signers if one.contact_id == typed.contact_id and one.capacity is not None)
        self._set(
            signer=next(same, self.state.signer),
            signed_by=typed.signed_by,
            relation=typed.relation,
            language=typed.language,
            witness=typed.witness,
            signed_on=typed.signed_on,
            answers=dict(typed.answers),
            restored=True,
        )

    def _on_collected(self, collected: Collected) -> None:
        self._acts.done(collected.last_act)
        self._changed = self._signing = False
        self._set(busy=False, collected=collected, restored=False)

    def _on_not_kept(self, error: Exception) -> None:
        self._changed = True
        self._set(problem=failure_words(error))

    def _on_problem(self, error: Exception) -> None:
        self._signing = False
        named = isinstance(error, InvalidValueError)
        block = str(error.params.get("block", "")) if isinstance(error, InvalidValueError) else ""
        where = error.field if isinstance(error, InvalidValueError) else ""
        words = self.state.tr(_PROBLEMS[where]) if named and where in _PROBLEMS else failure_words(error)
        self._set(busy=False, problem=words, field=where, block=block)

    def _on_wrong(self, error: Exception) -> None:
        self._set(busy=False, problem=failure_words(error), field="password")

    def _on_failed(self, error: Exception) -> None:
        self._set(failure=failure_words(error))

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


def _nothing_typed() -> None:
    return


def _nothing_said(_words: str) -> None:
    return
