"""How the same thing is said by different people."""

from __future__ import annotations

from collections.abc import Sequence

SAYINGS: dict[str, tuple[str, ...]] = {
    "words_out": (
        "Shut out {word}, none of {name}'s payments print that.",
        "Rows that read '{word}' are a different company.",
        'Please leave out everything with "{word}" in it.',
        "{word} is not {name}.",
        "Exclude {word} - wrong merchant.",
        "It takes {word} as well, which has nothing to do with {name}.",
        "Too broad, {word} should not be in here.",
        "Anything saying {word} is someone else's.",
        "not {name} when the text has {word} in it",
        "Whatever contains '{word}' must go.",
    ),
    "others_words": (
        "{word} belongs to {other}, not to {name}.",
        "What says {word} is {other}.",
        "Those {word} rows are {other}; take them out.",
        "You mixed in {other}: their payments say '{word}'.",
    ),
    "ends": (
        "The word should end after {word}.",
        "Stop at {word}: when more letters follow directly it is another name.",
        "{word} only as a whole word, please.",
        "Nothing may be glued on behind '{word}'.",
        "Names that merely begin with {word} are not {name}; close the word after {word}.",
    ),
    "words_in": (
        "{word} is {name} too.",
        "You miss the rows that say '{word}', they are {name}.",
        'Payments reading "{word}" belong to {name}.',
        "Too narrow: {word} is how some terminals spell it.",
        "Please add {word}.",
        "Include '{word}' as well, that is also us.",
        "Everything with {word} in it is {name}'s.",
    ),
    "mccids_out": (
        "{code} does not belong here.",
        "MCC {code} is wrong for {name}.",
        "Take code {code} off the list.",
        "{name} never has category {code}.",
        "Rows under {code} are other merchants.",
        "Drop {code}, please.",
    ),
    "mccids_in": (
        "{code} is missing: {name} has payments under it.",
        "Add MCC {code}.",
        "{name} is also booked under {code}.",
        "Code {code} belongs to {name} as well.",
        "Please allow category {code} too.",
    ),
    "number_does_not_belong": (
        "Combo {combos} is not {name}.",
        "{combos} is somebody else's payment.",
        "Combo {combos} does not belong to {name}.",
        "Wrong: combo {combos}.",
    ),
    "numbers_does_not_belong": (
        "Combos {combos} are not {name}.",
        "{combos} do not belong here.",
        "Take combos {combos} out, they are other merchants.",
        "None of the combos {combos} is ours.",
    ),
    "number_belongs": (
        "Combo {combos} is {name}.",
        "Combo {combos} should have been taken, it is ours.",
        "You missed combo {combos}, which belongs to {name}.",
    ),
    "numbers_belongs": (
        "Combos {combos} are {name}.",
        "{combos} belong to {name} too.",
        "Combos {combos} are missing here although they are {name}'s.",
        "Please take in combos {combos}.",
    ),
}
"""By what is said; `word`, `code`, `combos`, the brand's `name` and the `other` one are put in."""

VAGUE_WRONG = (
    "This takes things it should not.",
    "Some of these are not theirs.",
    "Not good enough yet, there are strangers among them.",
    "Too greedy!",
    "I would not sign this, it picks up others.",
    "Hm, no.",
)
"""Said where there are wrong rows."""
VAGUE_MISSED = (
    "Something is missing here.",
    "This is too tight.",
    "It does not find all of them.",
    "Needs another look, incomplete.",
    "Hm, no.",
)
"""Said where there are missed rows."""


def listed(words: Sequence[str]) -> str:
    """Words as a sentence lists them.

    >>> listed(["1", "2", "3"]), listed(["1"])
    ('1, 2 and 3', '1')
    """
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last
