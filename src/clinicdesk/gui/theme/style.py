"""The one style: Fusion underneath, our shapes, sizes and focus ring on top (ux-spec 6, mockups "one ring")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPalette
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QPlainTextEdit,
    QProxyStyle,
    QStyle,
    QStyleHintReturn,
    QStyleOption,
    QStyleOptionButton,
    QStyleOptionComboBox,
    QStyleOptionComplex,
    QStyleOptionHeader,
    QStyleOptionProgressBar,
    QStyleOptionSlider,
    QStyleOptionTab,
    QStyleOptionViewItem,
    QTextEdit,
    QWidget,
)

from clinicdesk.gui import icons
from clinicdesk.gui.theme import buttons, paint
from clinicdesk.gui.theme.metrics import RADIUS_CARD, RADIUS_FIELD, TextKind
from clinicdesk.gui.theme.tokens import Role

if TYPE_CHECKING:
    from clinicdesk.gui.theme.look import Theme

_P = QStyle.PrimitiveElement
_C = QStyle.ControlElement
_CC = QStyle.ComplexControl
_SC = QStyle.SubControl
_S = QStyle.StateFlag
_CT = QStyle.ContentsType
_PM = QStyle.PixelMetric
_SH = QStyle.StyleHint
_SE = QStyle.SubElement

_BOX = 18
_SWITCH = QSize(32, 18)
_SCROLL = 12
_TAB_PADDING = 12

_METRICS = {
    _PM.PM_LayoutLeftMargin: 0,
    _PM.PM_LayoutTopMargin: 0,
    _PM.PM_LayoutRightMargin: 0,
    _PM.PM_LayoutBottomMargin: 0,
    _PM.PM_LayoutHorizontalSpacing: 8,
    _PM.PM_LayoutVerticalSpacing: 8,
    _PM.PM_ButtonShiftHorizontal: 0,
    _PM.PM_ButtonShiftVertical: 0,
    _PM.PM_IndicatorWidth: _BOX,
    _PM.PM_IndicatorHeight: _BOX,
    _PM.PM_ExclusiveIndicatorWidth: _BOX,
    _PM.PM_ExclusiveIndicatorHeight: _BOX,
    _PM.PM_CheckBoxLabelSpacing: 10,
    _PM.PM_RadioButtonLabelSpacing: 10,
    _PM.PM_ScrollBarExtent: _SCROLL,
    _PM.PM_ScrollBarSliderMin: 32,
    _PM.PM_SmallIconSize: 18,
    _PM.PM_ButtonIconSize: 18,
    _PM.PM_ListViewIconSize: 20,
    _PM.PM_TabBarTabShiftVertical: 0,
    _PM.PM_TabBarTabShiftHorizontal: 0,
    _PM.PM_TabBarTabOverlap: 0,
    _PM.PM_TabBarBaseOverlap: 0,
    _PM.PM_TabBarBaseHeight: 0,
    _PM.PM_TabBarScrollButtonWidth: 32,
    _PM.PM_HeaderMargin: 8,
    _PM.PM_HeaderMarkSize: 14,
    _PM.PM_FocusFrameHMargin: 4,
    _PM.PM_FocusFrameVMargin: 4,
    _PM.PM_SplitterWidth: 8,
    _PM.PM_MenuPanelWidth: 1,
    _PM.PM_MenuHMargin: 4,
    _PM.PM_MenuVMargin: 4,
    _PM.PM_ToolTipLabelFrameWidth: 6,
}

_HINTS = {
    # Screen readers must reach disabled entries and hear why they are (ux-spec 8).
    _SH.SH_Menu_AllowActiveAndDisabled: 1,
    _SH.SH_ComboBox_Popup: 0,
    _SH.SH_ItemView_ShowDecorationSelected: 1,
    _SH.SH_EtchDisabledText: 0,
    _SH.SH_DitherDisabledText: 0,
    _SH.SH_LineEdit_PasswordCharacter: 0x25CF,
    _SH.SH_ScrollBar_Transient: 0,
    _SH.SH_TabBar_ElideMode: int(Qt.TextElideMode.ElideNone.value),
    _SH.SH_TabBar_PreferNoArrows: 0,
    _SH.SH_Menu_FlashTriggeredItem: 0,
    _SH.SH_DialogButtonBox_ButtonsHaveIcons: 0,
    _SH.SH_UnderlineShortcut: 0,
    _SH.SH_FocusFrame_AboveWidget: 1,
}


class ClinicStyle(QProxyStyle):
    """Draws standard widgets; what a widget means beyond its class it says in dynamic properties.

    Buttons: see `theme.buttons`. Fields (`QLineEdit`, `QComboBox`, text edits): `state` is "", "error" or
    "template" (dashed: not confirmed). Ticks (`QCheckBox`): `state` is "", "template", "danger" or "switch".
    """

    def __init__(self, look: Theme) -> None:
        super().__init__("Fusion")
        self._look = look

    # -- sizes -----------------------------------------------------------------------------------------------

    def pixelMetric(
        self, metric: QStyle.PixelMetric, option: QStyleOption | None = None, widget: QWidget | None = None
    ) -> int:
        if metric in {_PM.PM_IndicatorWidth, _PM.PM_IndicatorHeight} and _state_of(widget) == "switch":
            return _SWITCH.width() if metric is _PM.PM_IndicatorWidth else _SWITCH.height()
        known = _METRICS.get(metric)
        return super().pixelMetric(metric, option, widget) if known is None else known

    def styleHint(
        self,
        hint: QStyle.StyleHint,
        option: QStyleOption | None = None,
        widget: QWidget | None = None,
        returnData: QStyleHintReturn | None = None,  # noqa: N803  # Qt names it
    ) -> int:
        if hint is _SH.SH_Widget_Animation_Duration:
            return 150 if self._look.look.motion else 0
        known = _HINTS.get(hint)
        return super().styleHint(hint, option, widget, returnData) if known is None else known

    def sizeFromContents(
        self, kind: QStyle.ContentsType, option: QStyleOption, size: QSize, widget: QWidget | None = None
    ) -> QSize:
        look = self._look
        made = super().sizeFromContents(kind, option, size, widget)  # type: ignore[arg-type]  # may be null
        match kind:
            case _CT.CT_PushButton if isinstance(option, QStyleOptionButton):
                return buttons.measure(look, buttons.face(look, option, widget))
            case _CT.CT_LineEdit:
                return QSize(size.width() + 20, look.control_height())
            case _CT.CT_ComboBox:
                return QSize(size.width() + 10 + 34, look.control_height())
            case _CT.CT_CheckBox | _CT.CT_RadioButton:
                return QSize(made.width() + 2, max(made.height(), look.height(32)))
            case _CT.CT_TabBarTab if isinstance(option, QStyleOptionTab):
                text = look.text_width(TextKind.LABEL, _tab_words(option))
                icon = 0 if option.icon.isNull() else 28
                return QSize(text + icon + 2 * _TAB_PADDING, look.height(44 if icon else 40))
            case _CT.CT_HeaderSection:
                return QSize(made.width(), look.height(32))
            case _CT.CT_ItemViewItem:
                return QSize(made.width() + 8, max(made.height(), look.height(32)))
            case _CT.CT_MenuItem:
                return QSize(made.width() + 16, made.height() if made.height() < 12 else look.height(32))
        return made

    def subElementRect(self, element: QStyle.SubElement, option: QStyleOption, widget: QWidget | None = None) -> QRect:
        if element is _SE.SE_LineEditContents:
            inset = 0 if isinstance(_parent_of(widget), QComboBox) else 8
            return option.rect.adjusted(inset, 1, -inset, -1)
        if element is _SE.SE_PushButtonFocusRect:
            return option.rect
        return super().subElementRect(element, option, widget)  # type: ignore[arg-type]  # may be null

    def subControlRect(
        self,
        control: QStyle.ComplexControl,
        option: QStyleOptionComplex,
        part: QStyle.SubControl,
        widget: QWidget | None = None,
    ) -> QRect:
        if control is _CC.CC_ComboBox:
            rect: QRect = option.rect
            if part is _SC.SC_ComboBoxEditField:
                return rect.adjusted(10, 1, -32, -1)
            if part is _SC.SC_ComboBoxArrow:
                return QRect(rect.right() - 31, rect.top(), 32, rect.height())
        if control is _CC.CC_ScrollBar and isinstance(option, QStyleOptionSlider):
            return self._scroll_bar_rect(option, part)
        return super().subControlRect(control, option, part, widget)  # type: ignore[arg-type]  # may be null

    def _scroll_bar_rect(self, option: QStyleOptionSlider, part: QStyle.SubControl) -> QRect:
        """Without arrow buttons: the groove is the whole bar."""
        rect: QRect = option.rect
        upright = option.orientation == Qt.Orientation.Vertical
        length = rect.height() if upright else rect.width()
        span = option.maximum - option.minimum
        step = option.pageStep
        size = length if span <= 0 else max(32, length * step // max(1, span + step))
        size = min(size, length)
        at = QStyle.sliderPositionFromValue(
            option.minimum,
            option.maximum,
            option.sliderPosition,
            length - size,
            option.upsideDown,
        )
        spans = {
            _SC.SC_ScrollBarSlider: (at, size),
            _SC.SC_ScrollBarSubPage: (0, at),
            _SC.SC_ScrollBarAddPage: (at + size, length - at - size),
            _SC.SC_ScrollBarGroove: (0, length),
        }
        start, extent = spans.get(part, (0, 0))
        if upright:
            return QRect(rect.left(), rect.top() + start, rect.width(), extent)
        return QRect(rect.left() + start, rect.top(), extent, rect.height())

    # -- primitives ------------------------------------------------------------------------------------------

    def drawPrimitive(
        self,
        element: QStyle.PrimitiveElement,
        option: QStyleOption,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        rect: QRect = option.rect
        match element:
            case _P.PE_FrameFocusRect:
                # The ring follows the focused widget from outside (gui/widgets/focus_ring.py); rows draw their own.
                if isinstance(option, QStyleOptionViewItem):
                    paint.inner_ring(painter, rect)
            case _P.PE_PanelLineEdit:
                if not isinstance(_parent_of(widget), QComboBox) and _framed(widget):
                    self._field(painter, option, widget)
            case _P.PE_FrameLineEdit | _P.PE_FrameTabBarBase:
                return
            case _P.PE_FrameGroupBox | _P.PE_FrameTabWidget:
                paint.rounded(painter, rect, RADIUS_CARD, border=self._look.colour(Role.BORDER))
            case _P.PE_IndicatorCheckBox | _P.PE_IndicatorItemViewItemCheck:
                self._tick(painter, option, widget)
            case _P.PE_IndicatorRadioButton:
                self._radio(painter, option)
            case _P.PE_PanelItemViewItem if isinstance(option, QStyleOptionViewItem):
                self._item_panel(painter, option)
            case _P.PE_PanelItemViewRow:
                return
            case _P.PE_FrameMenu | _P.PE_PanelMenu:
                look = self._look
                painter.fillRect(rect, look.colour(Role.RAISED))
                paint.rounded(painter, rect, 0, border=look.colour(Role.BORDER_CONTROL))
            case _P.PE_PanelTipLabel:
                look = self._look
                paint.rounded(painter, rect, 0, fill=look.colour(Role.RAISED), border=look.colour(Role.BORDER_CONTROL))
            case _P.PE_IndicatorHeaderArrow:
                self._sort_arrow(painter, option)
            case _:
                super().drawPrimitive(element, option, painter, widget)

    def _field(self, painter: QPainter, option: QStyleOption, widget: QWidget | None) -> None:
        look = self._look
        enabled = bool(option.state & _S.State_Enabled)
        state = _state_of(widget)
        border = Role.DANGER if state == "error" else Role.BORDER_CONTROL if enabled else Role.BORDER
        paint.rounded(
            painter,
            option.rect,
            RADIUS_FIELD,
            fill=look.colour(Role.SURFACE if enabled else Role.SUNKEN),
            border=look.colour(border),
            dashed=state == "template",
        )

    def _tick(self, painter: QPainter, option: QStyleOption, widget: QWidget | None) -> None:
        look = self._look
        state = _state_of(widget)
        flags = option.state
        on, enabled = bool(flags & _S.State_On), bool(flags & _S.State_Enabled)
        rect = QRectF(option.rect)
        if state == "switch":
            self._switch(painter, rect, on=on, enabled=enabled)
            return
        box = QRectF(rect.center().x() - _BOX / 2, rect.center().y() - _BOX / 2, _BOX, _BOX)
        mark = Role.ON_ACCENT
        if not enabled:
            paint.rounded(painter, box, 4, fill=look.colour(Role.SUNKEN), border=look.colour(Role.BORDER))
            mark = Role.TEXT_DISABLED
        elif state == "template":
            paint.rounded(painter, box, 4, border=look.colour(Role.BORDER_CONTROL), dashed=True)
            mark = Role.TEXT_SECONDARY
        elif on or flags & _S.State_NoChange:
            fill = Role.DANGER if state == "danger" else Role.ACCENT
            paint.rounded(painter, box, 4, fill=look.colour(fill))
            mark = Role.SURFACE if state == "danger" else Role.ON_ACCENT
        else:
            hover = bool(flags & _S.State_MouseOver)
            fill = Role.SUNKEN if hover else Role.SURFACE
            paint.rounded(painter, box, 4, fill=look.colour(fill), border=look.colour(Role.BORDER_CONTROL))
        if flags & _S.State_NoChange:
            icons.paint(painter, "minus", box.adjusted(2, 2, -2, -2), look.colour(mark))
        elif on:
            icons.paint(painter, "check", box.adjusted(2, 2, -2, -2), look.colour(mark))

    def _switch(self, painter: QPainter, rect: QRectF, *, on: bool, enabled: bool) -> None:
        look = self._look
        track = Role.ACCENT if on and enabled else Role.SURFACE
        border = None if on and enabled else look.colour(Role.BORDER_CONTROL if enabled else Role.BORDER)
        paint.rounded(painter, rect, 4, fill=look.colour(track), border=border)
        knob = QRectF(rect.right() - 15 if on else rect.left() + 3, rect.top() + 3, 12, 12)
        role = Role.ON_ACCENT if on and enabled else Role.BORDER_CONTROL
        paint.rounded(painter, knob, 2, fill=look.colour(role))

    def _radio(self, painter: QPainter, option: QStyleOption) -> None:
        look = self._look
        flags = option.state
        enabled = bool(flags & _S.State_Enabled)
        centre = QRectF(option.rect).center()
        dot = QRectF(centre.x() - _BOX / 2, centre.y() - _BOX / 2, _BOX, _BOX)
        if flags & _S.State_On:
            ring = look.colour(Role.ACCENT if enabled else Role.TEXT_DISABLED)
            paint.rounded(painter, dot.adjusted(0, 0, 0, 0), 9, fill=ring)
            paint.rounded(painter, dot.adjusted(5, 5, -5, -5), 4, fill=look.colour(Role.SURFACE))
            return
        border = look.colour(Role.BORDER_CONTROL if enabled else Role.BORDER)
        paint.rounded(painter, dot, 9, fill=look.colour(Role.SURFACE if enabled else Role.SUNKEN), border=border)

    def _item_panel(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        flags = option.state
        rect: QRect = option.rect
        if flags & _S.State_Selected:
            painter.fillRect(rect, self._look.colour(Role.SELECTION))
        elif flags & _S.State_MouseOver and flags & _S.State_Enabled:
            painter.fillRect(rect, self._look.colour(Role.SUNKEN))

    def _sort_arrow(self, painter: QPainter, option: QStyleOption) -> None:
        falls = (
            isinstance(option, QStyleOptionHeader) and option.sortIndicator == QStyleOptionHeader.SortIndicator.SortUp
        )
        area = QRectF(option.rect)
        icons.paint(painter, "arrow-down" if falls else "arrow-up", area, self._look.colour(Role.TEXT_SECONDARY))

    # -- controls --------------------------------------------------------------------------------------------

    def drawControl(
        self,
        element: QStyle.ControlElement,
        option: QStyleOption,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        look = self._look
        rect: QRect = option.rect
        match element:
            case _C.CE_PushButtonBevel if isinstance(option, QStyleOptionButton):
                buttons.paint_bevel(painter, look, option, buttons.face(look, option, widget))
            case _C.CE_PushButtonLabel if isinstance(option, QStyleOptionButton):
                buttons.paint_label(painter, look, option, buttons.face(look, option, widget))
            case _C.CE_CheckBoxLabel if isinstance(option, QStyleOptionButton) and isinstance(widget, QCheckBox):
                self._tick_label(painter, option, widget)
            case _C.CE_TabBarTabShape if isinstance(option, QStyleOptionTab):
                self._tab_shape(painter, option)
            case _C.CE_TabBarTabLabel if isinstance(option, QStyleOptionTab):
                self._tab_label(painter, option)
            case _C.CE_HeaderSection | _C.CE_HeaderEmptyArea:
                painter.fillRect(rect, look.colour(Role.SURFACE))
                paint.hairline(painter, rect, Role.BORDER)
            case _C.CE_HeaderLabel if isinstance(option, QStyleOptionHeader):
                pale = QPalette(option.palette)
                pale.setColor(QPalette.ColorRole.ButtonText, look.colour(Role.TEXT_SECONDARY))
                option.palette = pale
                edge = QStyleOptionHeader.SectionPosition
                first = option.position in {edge.Beginning, edge.OnlyOneSection}
                last = option.position in {edge.End, edge.OnlyOneSection}
                option.rect = rect.adjusted(8 if first else 0, 0, -8 if last else 0, 0)
                super().drawControl(element, option, painter, widget)
            case _C.CE_ShapedFrame if isinstance(widget, QTextEdit | QPlainTextEdit):
                self._field(painter, option, widget)
            case _C.CE_ProgressBarGroove:
                bar = QRectF(rect.left(), rect.center().y() - 2.5, rect.width(), 6)
                paint.rounded(painter, bar, 3, fill=look.colour(Role.HAIRLINE))
            case _C.CE_ProgressBarContents if isinstance(option, QStyleOptionProgressBar):
                self._progress(painter, option)
            case _:
                super().drawControl(element, option, painter, widget)

    def _tick_label(self, painter: QPainter, option: QStyleOptionButton, widget: QCheckBox) -> None:
        look = self._look
        state, on = _state_of(widget), bool(option.state & _S.State_On)
        kind, role = TextKind.BODY, Role.TEXT
        if state == "template":
            role = Role.TEXT_SECONDARY
        elif state == "danger" and on:
            kind, role = TextKind.LABEL, Role.DANGER
        if not option.state & _S.State_Enabled:
            role = Role.TEXT_DISABLED
        words = option.text.replace("&&", "\0").replace("&", "").replace("\0", "&")
        paint.text(painter, option.rect, words, kind, look.colour(role))

    def _tab_shape(self, painter: QPainter, option: QStyleOptionTab) -> None:
        flags = option.state
        rect: QRect = option.rect
        if flags & _S.State_Selected:
            line = QRectF(rect.left() + _TAB_PADDING, rect.bottom() - 2, rect.width() - 2 * _TAB_PADDING, 3)
            paint.rounded(painter, line, 1.5, fill=self._look.colour(Role.ACCENT))
        elif flags & _S.State_MouseOver:
            hover = QRectF(rect).adjusted(4, 4, -4, -6)
            paint.rounded(painter, hover, RADIUS_FIELD, fill=self._look.colour(Role.SUNKEN))
        if flags & _S.State_HasFocus and flags & _S.State_Selected:
            paint.ring(painter, QRectF(rect).adjusted(3, 3, -3, -5), RADIUS_FIELD)

    def _tab_label(self, painter: QPainter, option: QStyleOptionTab) -> None:
        flags = option.state
        on = bool(flags & _S.State_Selected)
        rect = QRectF(option.rect).adjusted(_TAB_PADDING, 0, -_TAB_PADDING, 0)
        if not option.icon.isNull():
            option.icon.paint(painter, QRectF(rect.left(), rect.top(), 20, rect.height()).toRect())
            rect.adjust(28, 0, 0, 0)
        role = Role.TEXT if on else Role.TEXT_SECONDARY
        if not flags & _S.State_Enabled:
            role = Role.TEXT_DISABLED
        paint.text(painter, rect, _tab_words(option), TextKind.LABEL if on else TextKind.BODY_MEDIUM, role)

    def _progress(self, painter: QPainter, option: QStyleOptionProgressBar) -> None:
        rect: QRect = option.rect
        low, high = option.minimum, option.maximum
        part = 1 / 3 if high <= low else max(0.0, min(1.0, (option.progress - low) / (high - low)))
        bar = QRectF(rect.left(), rect.center().y() - 2.5, rect.width() * part, 6)
        if bar.width() > 0:
            paint.rounded(painter, bar, 3, fill=self._look.colour(Role.ACCENT))

    # -- complex controls ------------------------------------------------------------------------------------

    def drawComplexControl(
        self,
        control: QStyle.ComplexControl,
        option: QStyleOptionComplex,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        match control:
            case _CC.CC_ComboBox if isinstance(option, QStyleOptionComboBox):
                self._field(painter, option, widget)
                rect: QRect = option.rect
                arrow = QRectF(rect.right() - 31, rect.top(), 32, rect.height())
                enabled = option.state & _S.State_Enabled
                role = Role.TEXT_SECONDARY if enabled else Role.TEXT_DISABLED
                square = QRectF(arrow.center().x() - 9, arrow.center().y() - 9, 18, 18)
                icons.paint(painter, "chevron-down", square, self._look.colour(role))
            case _CC.CC_ScrollBar if isinstance(option, QStyleOptionSlider):
                self._scroll_bar(painter, option)
            case _:
                super().drawComplexControl(control, option, painter, widget)

    def _scroll_bar(self, painter: QPainter, option: QStyleOptionSlider) -> None:
        if option.maximum <= option.minimum:
            return
        knob = QRectF(self._scroll_bar_rect(option, _SC.SC_ScrollBarSlider))
        wide = option.state & _S.State_MouseOver
        inset = 2 if wide else 3
        if option.orientation == Qt.Orientation.Vertical:
            knob.adjust(inset, 2, -inset, -2)
        else:
            knob.adjust(2, inset, -2, -inset)
        radius = min(knob.width(), knob.height()) / 2
        paint.rounded(painter, knob, radius, fill=self._look.colour(Role.BORDER_CONTROL))


def _state_of(widget: QWidget | None) -> str:
    value = widget.property("state") if widget is not None else None
    return value if isinstance(value, str) else ""


def _parent_of(widget: QWidget | None) -> QWidget | None:
    return widget.parentWidget() if widget is not None else None


def _framed(widget: QWidget | None) -> bool:
    return widget is None or not hasattr(widget, "hasFrame") or bool(widget.hasFrame())


def _tab_words(option: QStyleOptionTab) -> str:
    """The words of a tab as they are read: Qt doubles an ampersand that is no mnemonic."""
    return option.text.replace("&&", "\0").replace("&", "").replace("\0", "&")
