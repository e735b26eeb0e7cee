"""Which of three encodings a text is in: UTF-8, or one of the two that Excel writes in Europe."""

import codecs
import re

VOWELS = (
    rb"[aeiouyAEIOUY\xc1\xc4\xc9\xcd\xd3\xd6\xda\xdc\xdd"
    rb"\xe1\xe4\xe9\xec\xed\xf3\xf6\xf9\xfa\xfc\xfd]"
)
LETTERS = rb"[A-Za-z\xc0-\xff]"
CONSONANT_OR_VOWEL = rb"[\xc6\xc8\xd2\xd8\x8c\xe6\xe8\xf2\xf8\x9c]"
LETTER_OR_SIGN = rb"[\xb3\xb9\xbf]"
MIDST_OR_END = rb"[\xec\xf9]"

REPLACED = "\N{REPLACEMENT CHARACTER}"

CLUES = (
    # Š Ž š ž Ý ý in both, Ť Ź ť in 1250 alone: hardly ever in western languages.
    (rb"[\x8a\x8e\x9a\x9e\xdd\xfd\x8d\x8f\x9d]", 2),
    # à ã å ç ß, in 1250 the rare ŕ ă ĺ; three that 1252 alone has.
    (rb"[\xc0\xc3\xc5\xc7\xe0\xe3\xe5\xe7\xdf\x83\x88\x98]", -2),
    # Ć Č Ň Ř Ś beside a vowel, or Æ È Ò Ø Œ between consonants.
    (rb"(?<=" + VOWELS + rb")" + CONSONANT_OR_VOWEL, 1),
    (rb"(?<!" + VOWELS + rb")" + CONSONANT_OR_VOWEL + rb"(?=" + VOWELS + rb")", 1),
    (rb"(?<!" + VOWELS + rb")" + CONSONANT_OR_VOWEL + rb"(?!" + VOWELS + rb")", -1),
    # ł ą ż inside a word, or ³ ¹ ¿.
    (rb"(?<=" + LETTERS + rb")" + LETTER_OR_SIGN, 2),
    (rb"(?<!" + LETTERS + rb")" + LETTER_OR_SIGN, -1),
    # ě ů in the midst of a word, or ì ù at its end.
    (MIDST_OR_END + rb"(?=" + LETTERS + rb")", 1),
    (MIDST_OR_END + rb"(?!" + LETTERS + rb")", -1),
    # ń before a consonant, or ñ before a vowel.
    (rb"\xf1(?!" + VOWELS + rb")", 1),
    (rb"\xf1(?=" + VOWELS + rb")", -1),
)
"""What speaks for Windows-1250 (Czech, Polish), and with a minus for 1252 (French, German)."""


def encoding_of(head: bytes, *, whole: bool) -> str:
    """``utf-8`` where more of it is letters of UTF-8 than is not; of the other two the likelier.

    So a few broken bytes do not turn all other letters into wrong ones. When it is not the whole,
    ``head`` may end in the midst of a character.
    """
    text = codecs.getincrementaldecoder("utf-8")("replace").decode(head, final=whole)
    replaced = text.count(REPLACED)
    letters = len(text) - len(text.encode("ascii", "ignore")) - replaced
    if letters >= replaced - head.count(REPLACED.encode()):
        return "utf-8"
    score = sum(weight * len(re.findall(clue, head)) for clue, weight in CLUES)
    return "windows-1250" if score > 0 else "windows-1252"
