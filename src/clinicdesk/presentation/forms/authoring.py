"""Writing a consent form: own drafts, the newest published versions, publishing (`ux-spec.md` 7.7)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace

from clinicdesk.core.errors import InvalidValueError, PermissionDeniedError, WorldError
from clinicdesk.core.identifiers import new_id
from clinicdesk.domain import consent_writing as writing
from clinicdesk.domain.consent import Validity, ValidityRule
from clinicdesk.domain.consent_text import BlockKind, FormText, form_problems
from clinicdesk.i18n import tr
from clinicdesk.presentation.forms.words import failure_words, kind_choices
from clinicdesk.presentation.last_act import LastActs
from clinicdesk.presentation.runner import Runner
from clinicdesk.services.consent_forms import ConsentForms, FormDraft
from clinicdesk.services.consent_values import FormOnRecord
from clinicdesk.services.undo import LastAct


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorState:
    """The forms there are, and the one being written. `shape` changes when blocks come, go or move; `focus` names
    the part to go to then, as (block, option)."""

    drafts: tuple[FormDraft, ...] | None = None
    published: tuple[FormOnRecord, ...] = ()
    draft: FormDraft | None = None
    shape: int = 0
    focus: tuple[str, str] = ("", "")
    problems: tuple[InvalidValueError, ...] = ()
    kept: bool = False
    busy: bool = False
    failure: str = ""
    problem: str = ""

    @property
    def text(self) -> FormText | None:
        return None if self.draft is None else self.draft.text

    @property
    def version_before(self) -> str:
        """The version that this draft follows; empty for a form of its own."""
        family = None if self.draft is None else self.draft.family
        return next((form.version for form in self.published if form.newest and form.family == family), "")


class AuthorPresenter:
    """Intents of the author screen."""

    def __init__(
        self, forms: ConsentForms, runner: Runner, acts: LastActs, today: Callable[[], dt.date], *, publishes: bool
    ) -> None:
        self._forms = forms
        self._runner = runner
        self._acts = acts
        self._publishes = publishes
        self._changed = False
        self.today = today
        self.state = AuthorState()
        self.on_change: Callable[[AuthorState], None] = _nothing
        self.on_said: Callable[[str], None] = _nothing_said

    # Which form

    def refresh(self) -> None:
        """Read what there is; an unfinished form is opened where none is."""
        self._runner.run(self._read, done=self._on_read, failed=self._on_failed, key="forms.author")

    def begin(self) -> None:
        """A form of its own."""
        self.keep()
        kind = kind_choices()[0][0]
        self._open(FormDraft(family=new_id(), kind=kind, description="", text=writing.blank_form()), kept=False)

    def open_draft(self, family: uuid.UUID) -> None:
        self.keep()
        found = next((one for one in self.state.drafts or () if one.family == family), None)
        if found is not None:
            self._open(found, kept=True)

    def open_version(self, form: uuid.UUID) -> None:
        """The next version of a published form; what was written of it before goes on."""
        self.keep()
        family = next((one.family for one in self.state.published if one.id == form), None)
        if any(one.family == family for one in self.state.drafts or ()) and family is not None:
            self.open_draft(family)
            return
        self._runner.run(
            lambda: self._forms.new_version(form),
            done=lambda draft: self._open(draft, kept=False),
            failed=self._on_problem,
            key="forms.version",
        )

    def discard(self) -> None:
        """Throw the draft away; for a minute it can be had back."""
        draft = self.state.draft
        if draft is None:
            return
        self._changed = False

        def thrown_away() -> LastAct:
            return self._forms.throw_away(draft)

        self._set(draft=None, problems=(), kept=False)
        self._runner.run(thrown_away, done=self._on_act, failed=self._on_problem)

    # Its words and blocks

    def choose_kind(self, kind: str) -> None:
        self._edit(lambda draft: replace(draft, kind=kind))

    def describe(self, words: str) -> None:
        self._edit(lambda draft: replace(draft, description=words))

    def allow_withdrawal(self, allowed: bool) -> None:
        self._edit(lambda draft: replace(draft, withdrawable=allowed))

    def choose_rule(self, rule: str) -> None:
        """How long a signature holds; a last day is proposed where the rule wants one."""
        chosen = ValidityRule(rule)
        until = _summer(self.today()) if chosen is ValidityRule.UNTIL_DATE else None
        self._edit_text(lambda text: writing.hold(text, Validity(rule=chosen, until=until)), redraw=True)

    def hold_until(self, until: dt.date | None) -> None:
        """Another last day; what is no day leaves the one before."""
        text = self.state.text
        if until is not None and text is not None and text.validity.rule is ValidityRule.UNTIL_DATE:
            self._edit_text(lambda one: writing.hold(one, replace(one.validity, until=until)))

    def write_title(self, language: str, words: str) -> None:
        self._edit_text(lambda text: writing.write_title(text, language, words))

    def write_heading(self, language: str, block: str, words: str) -> None:
        self._edit_text(lambda text: writing.write_heading(text, language, block, words))

    def write_block(self, language: str, block: str, words: str) -> None:
        self._edit_text(lambda text: writing.write_block(text, language, block, words))

    def write_option(self, language: str, block: str, option: str, words: str) -> None:
        self._edit_text(lambda text: writing.write_option(text, language, block, option, words))

    def require(self, block: str, required: bool) -> None:
        self._edit_text(lambda text: writing.require_answer(text, block, required))

    def add(self, kind: BlockKind, after: str = "") -> None:
        text = self.state.text
        if text is not None:
            found, key = writing.add_block(text, kind, after)
            self._reshape(found, (key, ""))

    def remove(self, block: str) -> None:
        """Take a block out; the one before it is next."""
        text = self.state.text
        if text is not None and writing.removable(text, block):
            keys = [one.key for one in text.languages[0].blocks]
            before = keys[max(0, keys.index(block) - 1)]
            self._reshape(writing.remove_block(text, block), (before if before != block else keys[1], ""))

    def move(self, block: str, by: int) -> None:
        text = self.state.text
        if text is not None:
            self._reshape(writing.move_block(text, block, by), (block, ""))

    def add_option(self, block: str) -> None:
        text = self.state.text
        if text is not None:
            found, key = writing.add_option(text, block)
            if key:
                self._reshape(found, (block, key))

    def remove_option(self, block: str, option: str) -> None:
        text = self.state.text
        if text is not None:
            self._reshape(writing.remove_option(text, block, option), (block, ""))

    # Keeping and publishing

    def keep(self) -> None:
        """Keep what was written, if anything is new: within a second of the last key, and on Ctrl+S."""
        draft = self.state.draft
        if draft is None or not self._changed:
            return
        self._changed = False
        self._runner.run(
            lambda: self._forms.keep(draft), done=lambda _none: self._on_kept(draft), failed=self._on_not_kept
        )

    def leave(self) -> None:
        """The person leaves or the desk locks: what was written is kept before the runner's work is dropped."""
        draft = self.state.draft
        if draft is None or not self._changed:
            return
        try:
            self._forms.keep(draft)
        except (WorldError, PermissionDeniedError) as error:
            self._on_not_kept(error)
            return
        self._changed = False

    def why_not_publish(self) -> str:
        """What keeps the person from publishing, apart from the words of the form; empty if nothing."""
        if self.state.draft is None:
            return tr("Open a form first.")
        if not self._publishes:
            return tr("A district administrator publishes forms. Your draft is kept for you.")
        return ""

    def publish(self) -> None:
        """Freeze the version; what is missing is listed instead, every place of it."""
        draft = self.state.draft
        if draft is None or self.state.busy or self.why_not_publish():
            return
        problems = form_problems(draft.text)
        self._set(problems=problems, problem="")
        if problems:
            return
        self._changed = False
        self._set(busy=True)
        self._runner.run(lambda: self._forms.publish(draft), done=self._on_published, failed=self._on_problem)

    # Parts

    def _read(self) -> tuple[tuple[FormDraft, ...], tuple[FormOnRecord, ...]]:
        return self._forms.drafts(), self._forms.published()

    def _on_read(self, read: tuple[tuple[FormDraft, ...], tuple[FormOnRecord, ...]]) -> None:
        drafts, published = read
        self._set(drafts=drafts, published=published, failure="")
        if self.state.draft is None and drafts:
            self._open(drafts[0], kept=True)

    def _open(self, draft: FormDraft, *, kept: bool) -> None:
        self._changed = False
        self._set(
            draft=draft, shape=self.state.shape + 1, focus=("", ""), problems=(), kept=kept, busy=False, problem=""
        )

    def _edit(self, change: Callable[[FormDraft], FormDraft], *, redraw: bool = False) -> None:
        draft = self.state.draft
        if draft is None:
            return
        changed = change(draft)
        if changed == draft:
            return
        self._changed = True
        problems = form_problems(changed.text) if self.state.problems else ()
        self._set(
            draft=changed, kept=False, problem="", problems=problems, shape=self.state.shape + redraw, focus=("", "")
        )

    def _edit_text(self, change: Callable[[FormText], FormText], *, redraw: bool = False) -> None:
        self._edit(lambda draft: replace(draft, text=change(draft.text)), redraw=redraw)

    def _reshape(self, text: FormText, focus: tuple[str, str]) -> None:
        draft = self.state.draft
        if draft is None or draft.text == text:
            return
        self._changed = True
        problems = form_problems(text) if self.state.problems else ()
        self._set(
            draft=replace(draft, text=text), kept=False, problems=problems, shape=self.state.shape + 1, focus=focus
        )

    def _on_kept(self, draft: FormDraft) -> None:
        others = tuple(one for one in self.state.drafts or () if one.family != draft.family)
        self._set(drafts=(draft, *others), kept=self.state.draft is draft and not self._changed)

    def _on_published(self, published: tuple[uuid.UUID, LastAct]) -> None:
        self._set(busy=False, draft=None, problems=(), kept=False)
        self.on_said(tr("Published. From now on signatures are given on this version; its words are frozen."))
        self._on_act(published[1])

    def _on_act(self, act: LastAct) -> None:
        self._acts.done(act)
        self.refresh()

    def _on_not_kept(self, error: Exception) -> None:
        self._changed = True
        self._set(problem=failure_words(error))

    def _on_problem(self, error: Exception) -> None:
        self._changed = self._changed or self.state.draft is not None
        self._set(busy=False, problem=failure_words(error))

    def _on_failed(self, error: Exception) -> None:
        self._set(failure=failure_words(error))

    def _set(self, **changes: object) -> None:
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]  # names of the state
        self.on_change(self.state)


def _summer(today: dt.date) -> dt.date:
    """The next last day of June: what a form for one school year most often means."""
    june = dt.date(today.year, 6, 30)
    return june if june > today else june.replace(year=today.year + 1)


def _nothing(_state: AuthorState) -> None:
    return


def _nothing_said(_words: str) -> None:
    return
