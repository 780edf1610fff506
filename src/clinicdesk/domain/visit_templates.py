"""Visit templates as data: what is asked, what is expected, what is a danger sign (`ux-spec.md` 7.4).

Keys name entries of the catalogues: `visit.template.<key>`, `visit.field.<key>`, `visit.finding.<key>`,
`visit.danger.<key>`, `visit.intervention.<key>`.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from clinicdesk.domain.vitals import Vital


class VisitDisposition(enum.StrEnum):
    """Where a student went after a visit. Resting is no end of a visit: it stays open."""

    RETURN_TO_CLASS = "RETURN_TO_CLASS"
    SENT_HOME = "SENT_HOME"
    EMERGENCY_TRANSPORT = "EMERGENCY_TRANSPORT"
    OTHER = "OTHER"


_CLASS = VisitDisposition.RETURN_TO_CLASS
_HOME = VisitDisposition.SENT_HOME
_911 = VisitDisposition.EMERGENCY_TRANSPORT
_BACK = frozenset({_CLASS})
_NOT_911 = frozenset({_CLASS, _HOME, VisitDisposition.OTHER})


@dataclass(frozen=True, slots=True)
class DangerSign:
    """A finding after which the dispositions `questioned` need a reason."""

    key: str
    questioned: frozenset[VisitDisposition] = _BACK


def _signs(*keys: str, questioned: frozenset[VisitDisposition] = _BACK) -> tuple[DangerSign, ...]:
    return tuple(DangerSign(key, questioned) for key in keys)


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitTemplate:
    """One kind of visit. `questioned` are dispositions that need a reason whatever was found."""

    key: str
    complaint: str
    fields: tuple[str, ...] = ()
    required_fields: tuple[str, ...] = ()
    required_vitals: tuple[Vital, ...] = ()
    expected: tuple[str, ...] = ()
    danger: tuple[DangerSign, ...] = ()
    interventions: tuple[str, ...] = ()
    default_disposition: VisitDisposition = _CLASS
    questioned: frozenset[VisitDisposition] = frozenset()
    parent_contact: bool = False
    minor: bool = True
    follow_up_days: int | None = None


_SERIOUS = (
    VisitTemplate(
        key="head_injury",
        complaint="head_injury",
        fields=("mechanism", "injury_time", "impact_site", "witnessed_by"),
        required_fields=("mechanism", "injury_time", "impact_site"),
        required_vitals=(Vital.HEART_RATE, Vital.PAIN),
        expected=("alert_oriented", "pupils_equal", "gait_steady", "speech_clear", "grip_equal"),
        danger=(
            *_signs("vomiting", "headache_worse", "amnesia", "blurred_vision", "skin_broken"),
            *_signs(
                "loss_of_consciousness",
                "seizure",
                "clear_fluid_nose_ear",
                "neck_pain",
                "drowsy_hard_to_wake",
                questioned=_NOT_911,
            ),
        ),
        interventions=("ice_pack", "rest", "neuro_checks", "parent_sheet", "medication"),
        parent_contact=True,
        minor=False,
        follow_up_days=1,
    ),
    VisitTemplate(
        key="asthma",
        complaint="breathing",
        fields=("trigger", "onset_time", "peak_flow_percent", "inhaler_before"),
        required_fields=("onset_time",),
        required_vitals=(Vital.OXYGEN_SATURATION, Vital.RESPIRATORY_RATE, Vital.HEART_RATE),
        expected=("full_sentences", "no_retractions", "colour_normal", "air_entry_equal"),
        danger=(
            *_signs("wheeze_after_rescue", "peak_flow_below_80"),
            *_signs(
                "single_words",
                "retractions",
                "lips_blue",
                "drowsy_hard_to_wake",
                "peak_flow_below_50",
                "silent_chest",
                questioned=_NOT_911,
            ),
        ),
        interventions=("rescue_inhaler", "upright_rest", "peak_flow_recheck", "action_plan_followed", "call_911"),
        parent_contact=True,
        minor=False,
        follow_up_days=1,
    ),
    VisitTemplate(
        key="diabetes",
        complaint="diabetes_care",
        fields=("carbohydrates", "ketones", "last_insulin", "last_meal"),
        required_fields=("last_meal",),
        required_vitals=(Vital.GLUCOSE,),
        expected=("alert_oriented", "no_vomiting", "skin_warm_dry"),
        danger=(
            *_signs("glucose_below_70", "glucose_above_300", "ketones_moderate"),
            *_signs(
                "unable_to_swallow",
                "loss_of_consciousness",
                "seizure",
                "ketones_large",
                "deep_breathing",
                questioned=_NOT_911,
            ),
        ),
        interventions=("fast_sugar", "recheck_15_minutes", "insulin", "glucagon", "ketone_check", "call_911"),
        parent_contact=True,
        minor=False,
    ),
    VisitTemplate(
        key="anaphylaxis",
        complaint="allergic_reaction",
        fields=("trigger", "exposure_time", "symptoms_began", "epinephrine_time"),
        required_fields=("trigger", "symptoms_began", "epinephrine_time"),
        required_vitals=(Vital.OXYGEN_SATURATION, Vital.HEART_RATE, Vital.SYSTOLIC),
        expected=("airway_open", "full_sentences"),
        danger=_signs(
            "throat_tight",
            "wheeze",
            "lips_blue",
            "faint",
            "repeated_vomiting",
            "hives_and_second_system",
            questioned=_NOT_911,
        ),
        interventions=("epinephrine", "call_911", "lie_flat_legs_up", "second_epinephrine", "rescue_inhaler"),
        default_disposition=_911,
        questioned=_NOT_911,
        parent_contact=True,
        minor=False,
        follow_up_days=1,
    ),
    VisitTemplate(
        key="seizure",
        complaint="seizure",
        fields=("onset_time", "duration_minutes", "seizure_description", "rescue_time"),
        required_fields=("onset_time", "duration_minutes", "seizure_description"),
        required_vitals=(Vital.OXYGEN_SATURATION, Vital.HEART_RATE),
        expected=("breathing_normal", "alert_oriented", "no_injury"),
        danger=_signs(
            "over_5_minutes",
            "second_seizure",
            "first_seizure_ever",
            "breathing_difficult",
            "head_struck",
            "not_back_to_baseline",
            "in_water",
            questioned=_NOT_911,
        ),
        interventions=("recovery_position", "timed", "rescue_medication", "oxygen", "call_911", "action_plan_followed"),
        default_disposition=_HOME,
        questioned=_BACK,
        parent_contact=True,
        minor=False,
        follow_up_days=1,
    ),
    VisitTemplate(
        key="suspected_abuse",
        complaint="safety_concern",
        fields=("student_words", "observed_signs", "report_number", "report_time", "reported_to", "administrator_told"),
        required_fields=("student_words", "observed_signs", "report_time", "reported_to"),
        expected=("private_room", "no_leading_questions"),
        danger=_signs("afraid_to_go_home", "pattern_injury", "says_harmed", "says_self_harm", questioned=_NOT_911),
        interventions=("hotline_report", "administrator_told", "wounds_documented", "stayed_with_student"),
        default_disposition=VisitDisposition.OTHER,
        questioned=frozenset({_CLASS, _HOME}),
        minor=False,
        follow_up_days=1,
    ),
)

_MINOR = (
    VisitTemplate(
        key="headache",
        complaint="headache",
        fields=("onset_time", "ate_today"),
        required_vitals=(Vital.PAIN,),
        expected=("alert_oriented", "neck_supple", "no_fever", "vision_normal"),
        danger=_signs("worst_ever", "stiff_neck", "head_injury_recent", "vomiting", "rash_not_fading"),
        interventions=("water", "rest", "snack", "cool_cloth", "medication"),
    ),
    VisitTemplate(
        key="stomach_ache",
        complaint="stomach_ache",
        fields=("onset_time", "last_meal", "last_stool"),
        required_vitals=(Vital.TEMPERATURE,),
        expected=("abdomen_soft", "no_vomiting", "walks_upright", "no_fever"),
        danger=_signs("pain_right_lower", "rigid_abdomen", "blood_in_vomit_or_stool", "testicular_pain", "faint"),
        interventions=("rest", "water", "toilet", "snack"),
    ),
    VisitTemplate(
        key="scrape",
        complaint="scrape_or_cut",
        fields=("injury_site", "mechanism"),
        required_fields=("injury_site",),
        expected=("bleeding_stopped", "moves_normally", "wound_clean"),
        danger=_signs("gaping", "bleeding_over_10_minutes", "foreign_body", "human_or_animal_bite"),
        interventions=("washed", "bandage", "ice_pack", "pressure"),
    ),
    VisitTemplate(
        key="fever",
        complaint="fever",
        fields=("onset_time", "ill_contacts"),
        required_vitals=(Vital.TEMPERATURE,),
        expected=("alert_oriented", "neck_supple", "no_rash", "drinks"),
        danger=_signs("stiff_neck", "rash_not_fading", "drowsy_hard_to_wake", "breathing_difficult", "dehydrated"),
        interventions=("rest", "water", "mask", "isolated", "medication"),
        default_disposition=_HOME,
        questioned=_BACK,
        parent_contact=True,
    ),
    VisitTemplate(
        key="nosebleed",
        complaint="nosebleed",
        fields=("onset_time",),
        expected=("bleeding_stopped", "no_injury"),
        danger=_signs("bleeding_over_20_minutes", "after_head_injury", "bleeding_disorder", "faint"),
        interventions=("pressure", "lean_forward", "ice_pack"),
    ),
    VisitTemplate(
        key="splinter",
        complaint="splinter",
        fields=("injury_site",),
        required_fields=("injury_site",),
        expected=("removed_whole", "wound_clean"),
        danger=_signs("deep_or_in_eye", "infected", "cannot_remove"),
        interventions=("removed", "washed", "bandage"),
    ),
    VisitTemplate(
        key="sore_throat",
        complaint="sore_throat",
        fields=("onset_time", "ill_contacts"),
        required_vitals=(Vital.TEMPERATURE,),
        expected=("swallows", "no_rash", "no_fever"),
        danger=_signs("drooling", "cannot_open_mouth", "breathing_difficult", "scarlet_rash"),
        interventions=("water", "salt_gargle", "mask"),
    ),
    VisitTemplate(
        key="cold",
        complaint="cold_or_cough",
        fields=("onset_time",),
        expected=("breathing_normal", "no_fever", "full_sentences"),
        danger=_signs("breathing_difficult", "wheeze", "lips_blue"),
        interventions=("tissues", "water", "mask", "rest"),
    ),
    VisitTemplate(
        key="rash",
        complaint="rash",
        fields=("onset_time", "injury_site"),
        required_fields=("injury_site",),
        expected=("breathing_normal", "no_fever", "fades_on_pressure"),
        danger=_signs("rash_not_fading", "throat_tight", "lips_swollen", "breathing_difficult"),
        interventions=("cool_cloth", "washed", "isolated"),
    ),
    VisitTemplate(
        key="eye",
        complaint="eye",
        fields=("mechanism", "injury_site"),
        expected=("vision_normal", "pupils_equal", "no_discharge"),
        danger=_signs("chemical_in_eye", "vision_changed", "blood_in_eye", "foreign_body"),
        interventions=("eye_rinsed", "cool_cloth", "eye_covered"),
    ),
    VisitTemplate(
        key="tooth",
        complaint="tooth",
        fields=("mechanism",),
        expected=("bleeding_stopped", "bite_normal"),
        danger=_signs("tooth_knocked_out", "tooth_broken", "jaw_pain", "face_swollen"),
        interventions=("rinsed", "ice_pack", "tooth_in_milk", "tooth_box"),
    ),
    VisitTemplate(
        key="sprain",
        complaint="limb_injury",
        fields=("injury_site", "mechanism"),
        required_fields=("injury_site",),
        required_vitals=(Vital.PAIN,),
        expected=("bears_weight", "pulse_and_feeling", "moves_normally"),
        danger=_signs("deformity", "cannot_bear_weight", "numb_or_cold", "bone_tender"),
        interventions=("rest", "ice_pack", "elastic_bandage", "raised", "splint"),
    ),
    VisitTemplate(
        key="menstrual",
        complaint="menstrual",
        required_vitals=(Vital.PAIN,),
        expected=("alert_oriented", "no_fever"),
        danger=_signs("heavy_bleeding", "faint"),
        interventions=("supplies", "warm_pack", "rest", "medication"),
    ),
    VisitTemplate(
        key="anxious",
        complaint="feeling_upset",
        fields=("student_words",),
        expected=("breathing_normal", "alert_oriented", "talks"),
        danger=_signs("says_self_harm", "says_harmed", "chest_pain", questioned=frozenset({_CLASS, _HOME})),
        interventions=("calm_breathing", "rest", "counselor_told"),
    ),
    VisitTemplate(
        key="medication_visit",
        complaint="medication",
        interventions=("medication",),
    ),
    VisitTemplate(
        key="other",
        complaint="other",
        fields=("student_words",),
        required_fields=("student_words",),
        expected=("alert_oriented",),
        interventions=("rest", "water", "comfort"),
    ),
)

TEMPLATES: Mapping[str, VisitTemplate] = {template.key: template for template in (*_SERIOUS, *_MINOR)}
