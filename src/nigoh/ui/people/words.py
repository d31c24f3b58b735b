"""Codes about people and photos, in the operator's words."""

from nigoh.domain.people import LegalBasis
from nigoh.domain.photo_check import Advice, PhotoOutcome
from nigoh.ui.words.say import Say


def basis_text(say: Say, basis: LegalBasis) -> str:
    """Why somebody's data may be processed."""
    return {
        LegalBasis.CONSENT: say("Consent"),
        LegalBasis.CONTRACT: say("Contract"),
        LegalBasis.LEGAL_OBLIGATION: say("Legal obligation"),
        LegalBasis.PUBLIC_INTEREST: say("Public interest"),
        LegalBasis.LEGITIMATE_INTEREST: say("Legitimate interest"),
        LegalBasis.UNSPECIFIED: say("Not stated"),
    }[basis]


def outcome_text(say: Say, outcome: PhotoOutcome) -> str:
    """What became, or would become, of a photo."""
    return {
        PhotoOutcome.ENROLLED: say("Saved"),
        PhotoOutcome.USABLE: say("The photo is good"),
        PhotoOutcome.DUPLICATE: say("This photo is there already"),
        PhotoOutcome.LOOK_ALIKE: say("Looks like somebody who is enrolled"),
        PhotoOutcome.NO_FACE: say("No face is found"),
        PhotoOutcome.SEVERAL_FACES: say("Several faces: choose one"),
        PhotoOutcome.TOO_SMALL: say("The face is too small"),
        PhotoOutcome.TOO_BLURRED: say("The face is not sharp"),
        PhotoOutcome.UNREADABLE: say("The file cannot be read"),
        PhotoOutcome.PERSON_REFUSED: say("Something is wrong about the person"),
    }[outcome]


def advice_text(say: Say, advice: Advice) -> str:
    """What would make a photo better, or what to look at twice."""
    return {
        Advice.SMALL: say("The face is small: come closer"),
        Advice.BLURRED: say("Not sharp: hold the camera still"),
        Advice.TURNED: say("Turned away: look into the camera"),
        Advice.LIT: say("Badly lit: turn towards the light"),
        Advice.CUT: say("The face is partly outside the picture"),
        Advice.UNSURE: say("This is hardly a face"),
        Advice.BYSTANDERS: say("Other people are in the picture"),
        Advice.CHOSEN_BY_LIKENESS: say("The face that resembles the other photos was chosen"),
        Advice.UNLIKE: say("It does not resemble the other photos: is it the same person?"),
        Advice.ALIKE: say("It resembles somebody else"),
    }[advice]


def advice_texts(say: Say, codes: tuple[str, ...]) -> list[str]:
    """The same for codes as a stored photo has them; those that a newer server knows are left out."""
    known = set(Advice)
    return [advice_text(say, Advice(code)) for code in codes if code in known]


def quality_text(say: Say, quality: float) -> str:
    """How good a photo is, with its quality."""
    good, fair = 0.6, 0.4
    share = say.percent(quality)
    if quality >= good:
        return say("Good: {share}", share=share)
    return say("Fair: {share}", share=share) if quality >= fair else say("Poor: {share}", share=share)
