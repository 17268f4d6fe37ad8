"""How this dossier's happenings, shares and times are put in words.

Nothing is found or computed here: a claim goes in, the words for it come out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from briefing.claims.load import Dossier, Event, Quantity
from briefing.report.text import Text, cited, dated, line, series
from briefing.values.periods import Period

#: What a reader calls each happening, in the order of the programme.
HAPPENINGS = {
    "arrival": "arrival",
    "children_welcome": "welcome by children",
    "lam_greeting": "greeting by To Lam",
    "palace_arrival": "drive to the palace",
    "gun_salute": "gun salute at the citadel",
    "anthems": "national anthems",
    "talks_lam": "talks",
    "agreements_signed": "signing of agreements",
    "nuclear_centre_roadmap": "agreement to plan a nuclear centre",
    "media_briefing": "briefing for the media",
    "meet_chinh": "meeting with Pham Minh Chinh",
    "meet_trong": "meeting with Nguyen Phu Trong",
    "meet_man": "meeting with Tran Thanh Man",
    "wreath_laying": "wreath-laying",
    "joint_statement": "joint statement",
    "putin_visit_2017": "APEC summit",
    "putin_visit_2024": "this visit",
    "biden_visit_2023": "visit",
    "xi_visit_2023": "visit",
    "east_asia_summit_2020": "summit by video",
    "putin_thuong_2023": "Thuong, in Beijing",
    "t90_purchase": "T-90 tanks bought",
    "arms_purchases_since_2016": "no large purchase known",
    "arms_purchases_since_2022": "no purchase",
    "secret_purchase_2023": "looking for ways to buy",
    "diplomatic_relations": "relations",
    "gorbachev_neglect": "neglect under Gorbachev",
    "yeltsin_neglect": "neglect under Yeltsin",
    "friendship_treaty": "friendship treaty",
    "putin_in_power": "Putin in power",
    "strategic_partnership": "strategic partnership",
    "strategic_alliance": "alliance",
    "relations_anniversary_2025": "anniversary",
    "repsol_halt_2018": "Repsol told to stop",
    "china_ships_2019": "Chinese ships at a block",
    "pvep_session": "working session",
    "flights_stopped": "flights stopped",
    "flights_resumed": "flights resumed",
}

#: How each share of arms is put in a sentence.
SHARE_WORDS = {
    "arms_import_share": "of arms imports",
    "arsenal_share": "of the arsenal",
    "equipment_reliance": "of an undefined “reliance”",
}

#: What a reader calls each disagreement.
MATTERS = {
    "us-exports": "Exports to the United States",
    "arrival": "The arrival",
    "welcome": "Welcome",
    "visit-count": "Number of visits",
    "visits-by-video": "Summit by video",
    "arms-shares": "Shares of arms",
    "purchases-after-invasion": "Purchases after the invasion",
    "un-nine": "Countries that abstained",
    "meeting-with-chinh": "Meeting with Pham Minh Chinh",
    "talks": "Talks",
    "press-conference": "Briefing for the media",
    "agreements": "Agreements",
    "visit-dates": "Dates of the visit",
    "annual-aid": "Soviet aid a year",
    "arms-direction": "Direction of arms",
    "partnership-steps": "Steps of the partnership",
}

#: How the status of a claim is put in a sentence.
STATUS_WORDS = {
    "happened": "reported",
    "scheduled": "expected",
    "refrained": "no purchase",
    "unlikely": "held to be unlikely",
}

#: How each part of the day is put in a sentence.
DAYTIME_WORDS = {
    "early morning": "early on {date}",
    "morning": "on the morning of {date}",
    "afternoon": "on the afternoon of {date}",
    "night": "on the night of {date}",
}


def titled(words: str) -> str:
    """Words as they open a row."""
    return words[:1].upper() + words[1:]


def in_year(year: int) -> Period:
    """A year as a period."""
    return Period(str(year), str(year))


def years(first: int, last: int) -> Period:
    """A window of whole years."""
    return Period(str(first), str(last))


def start_of(claim: Quantity | Event) -> Period:
    """The start of a claim's period."""
    return Period(claim.period.start, claim.period.start)


def end_of(claim: Quantity | Event) -> Period:
    """The end of a claim's period."""
    return Period(claim.period.end, claim.period.end)


def resting(period: Period, claim: Quantity | Event) -> Text:
    """A date that was taken from a claim, so that its source is known."""
    return dated(period, claim)


def told_times(dossier: Dossier, claims: Iterable[Event]) -> Text:
    """Who has what: "early in the morning of 20 June 2024 (AP; explainer)", each time once."""
    groups: dict[tuple[Period, str], list[Event]] = {}
    for claim in claims:
        groups.setdefault((claim.period, claim.daytime), []).append(claim)
    return series(_told_group(dossier, same) for same in groups.values())


def _told_group(dossier: Dossier, claims: Sequence[Event]) -> Text:
    sources = cited(dossier.sources(claim.id for claim in claims))
    return line("{time} ({sources})", time=told_time(claims[0]), sources=sources)


def told_time(claim: Event) -> Text:
    """Date and part of day of one claim, in words."""
    if claim.daytime:
        return line(DAYTIME_WORDS[claim.daytime], date=claim)
    day = len(claim.period.start) == 10
    single = claim.period.start == claim.period.end
    return line("on {date}" if day and single else "in {date}" if single else "{date}", date=claim)
