"""Numbers, money, signs, abbreviations and addresses: written tokens become the words that people say."""

from __future__ import annotations

import re

from integrations.music.studio.singing.numbers_fr import french_number

ONES = {
    "en": "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen",
    "es": "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete "
    "dieciocho diecinueve veinte veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete veintiocho "
    "veintinueve",
    "it": "zero uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici sedici "
    "diciassette diciotto diciannove",
    "pt": "zero um dois três quatro cinco seis sete oito nove dez onze doze treze quatorze quinze dezesseis dezessete dezoito "
    "dezenove",
}
TENS = {
    "en": "twenty thirty forty fifty sixty seventy eighty ninety",
    "es": "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
    "it": "venti trenta quaranta cinquanta sessanta settanta ottanta novanta",
    "pt": "vinte trinta quarenta cinquenta sessenta setenta oitenta noventa",
}
HUNDREDS_PT = "cem duzentos trezentos quatrocentos quinhentos seiscentos setecentos oitocentos novecentos"
HUNDREDS = "cien doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos novecientos"
_SIGNS = {
    "en": {"&": "and", "+": "plus", "%": "percent", "€": "euros", "$": "dollars", "£": "pounds", "@": "at", "=": "equals",
           ".": "point", "°": "degrees", "/": "slash", "<3": "love"},
    "es": {"&": "y", "+": "más", "%": "por ciento", "€": "euros", "$": "dólares", "£": "libras", "@": "arroba", "=": "igual a",
           ".": "coma", "°": "grados", "/": "barra", "<3": "amor"},
    "fr": {"&": "et", "+": "plus", "%": "pour cent", "€": "euros", "$": "dollars", "£": "livres", "@": "arobase", "=": "égale",
           ".": "virgule", "°": "degrés", "/": "barre", "<3": "amour"},
    "it": {"&": "e", "+": "più", "%": "per cento", "€": "euro", "$": "dollari", "£": "sterline", "@": "chiocciola",
           "=": "uguale a", ".": "virgola", "°": "gradi", "/": "barra", "<3": "amore"},
    "pt": {"&": "e", "+": "mais", "%": "por cento", "€": "euros", "$": "dólares", "£": "libras", "@": "arroba", "=": "igual a",
           ".": "vírgula", "°": "graus", "/": "barra", "<3": "amor"},
}  # fmt: skip
_SHORT = {
    "en": {"mr": "mister", "mrs": "missus", "ms": "miz", "dr": "doctor", "st": "saint", "vs": "versus", "etc": "et cetera",
           "xoxo": "hugs and kisses", "bday": "birthday", "b-day": "birthday", "luv": "love", "thx": "thanks", "u": "you",
           "ur": "your", "w/": "with", "bc": "because", "omg": "oh my god", "lol": "l o l"},
    "es": {"sr": "señor", "sra": "señora", "srta": "señorita", "dr": "doctor", "dra": "doctora", "etc": "etcétera",
           "q": "que", "tqm": "te quiero mucho", "xq": "porque"},
    "fr": {"m": "monsieur", "mr": "monsieur", "mme": "madame", "mlle": "mademoiselle", "dr": "docteur", "st": "saint",
           "ste": "sainte", "etc": "et cétéra", "1er": "premier", "1re": "première", "1ère": "première", "2e": "deuxième",
           "svp": "s'il vous plaît",
           "bcp": "beaucoup", "jtm": "je t'aime", "mdr": "mort de rire"},
    "it": {"sig": "signor", "sigra": "signora", "dott": "dottor", "dr": "dottor", "ecc": "eccetera", "tvb": "ti voglio bene",
           "tvtb": "ti voglio tanto bene", "xké": "perché", "cmq": "comunque", "nn": "non"},
    "pt": {"sr": "senhor", "sra": "senhora", "srta": "senhorita", "dr": "doutor", "dra": "doutora", "etc": "etcétera",
           "vc": "você", "vcs": "vocês", "q": "que", "pq": "porque", "tb": "também", "tbm": "também", "bj": "beijo",
           "bjs": "beijos", "s2": "amor", "r$": "reais", "1º": "primeiro", "1ª": "primeira", "2º": "segundo", "2ª": "segunda",
           "3º": "terceiro", "3ª": "terceira"},
}  # fmt: skip
ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
LARGEST = 10**12
_PIECES = re.compile(r"\d+(?:[.,]\d+)*(?:st|nd|rd|th)?(?![a-z])|\d+|[^\W\d_](?:[^\W\d_]|['’])*|<3|[&+%€$£@=°/.]", re.I)


def cardinal(number: int, language: str) -> list[str]:
    """A whole number in words."""
    if number >= LARGEST:
        return [word for digit in str(number)[:40] for word in cardinal(int(digit), language)]
    if language == "fr":
        return french_number(number)
    if language == "it":
        return _italian(number)
    if language == "pt":
        return _portuguese(number)
    for size, name, many in ((10**9, "billion", "mil millones"), (10**6, "million", "millones"), (1000, "thousand", "mil")):
        if number >= size:
            head, rest = divmod(number, size)
            said = cardinal(head, language) if language == "en" or head > 1 else [] if size != 10**6 else ["un"]
            said += [name] if language == "en" else many.split() if head > 1 or size != 10**6 else ["millón"]
            return said + (cardinal(rest, language) if rest else [])
    ones, tens = ONES[language].split(), TENS[language].split()
    if number < len(ones):
        return [ones[number]]
    if number < 100:
        ten, one = divmod(number, 10)
        joined = ["y"] if one and language == "es" else []
        return [tens[ten - 2], *joined, *([ones[one]] if one else [])]
    hundred, rest = divmod(number, 100)
    if language == "en":
        return [ones[hundred], "hundred", *(cardinal(rest, language) if rest else [])]
    name = "ciento" if hundred == 1 and rest else HUNDREDS.split()[hundred - 1]
    return [name, *(cardinal(rest, language) if rest else [])]


def _italian(number: int) -> list[str]:
    """As written apart: "duecento trentaquattro", "duemila ventuno"."""
    for size, one, many in ((10**9, "un miliardo", "miliardi"), (10**6, "un milione", "milioni"), (1000, "mille", "mila")):
        if number >= size:
            head, rest = divmod(number, size)
            count = "".join(_italian(head))
            return (one.split() if head == 1 else [count + many] if size == 1000 else [count, many]) + (
                _italian(rest) if rest else []
            )
    ones, tens = ONES["it"].split(), TENS["it"].split()
    if number < len(ones):
        return [ones[number]]
    if number < 100:
        ten, one_more = tens[number // 10 - 2], number % 10
        return [(ten[:-1] if one_more in (1, 8) else ten) + (ones[one_more] if one_more else "")]
    hundred, rest = divmod(number, 100)
    return [(ones[hundred] if hundred > 1 else "") + "cento", *(_italian(rest) if rest else [])]


def _portuguese(number: int) -> list[str]:
    """With "e" between hundreds, tens and ones, and before a last group that is small or round: "mil e duzentos"."""
    for size, one, many in ((10**9, "um bilhão", "bilhões"), (10**6, "um milhão", "milhões"), (1000, "mil", "mil")):
        if number >= size:
            head, rest = divmod(number, size)
            said = one.split() if head == 1 else [*_portuguese(head), many]
            joined = ["e"] if rest and (rest < 100 or rest % 100 == 0) else []
            return said + joined + (_portuguese(rest) if rest else [])
    ones = ONES["pt"].split()
    if number < len(ones):
        return [ones[number]]
    size = 10 if number < 100 else 100
    head, rest = divmod(number, size)
    name = TENS["pt"].split()[head - 2] if size == 10 else "cento" if head == 1 and rest else HUNDREDS_PT.split()[head - 1]
    return [name, *(["e", *_portuguese(rest)] if rest else [])]


def _number(text: str, language: str) -> list[str]:
    """A written number: with separators, as a year, or with a decimal part."""
    ordinal = language == "en" and text[-1:].isalpha()
    text = text.rstrip("stndrhSTNDRH") if ordinal else text
    whole, part = text, ""
    if found := re.fullmatch(r"(.*)[.,](\d{1,2})", text):
        whole, part = found[1], found[2]
    digits = re.sub(r"\D", "", whole)
    if language == "en" and not part and re.fullmatch(r"1[1-9]\d\d|20[1-9]\d", digits):
        low = int(digits[2:])
        said = cardinal(int(digits[:2]), language) + (["hundred"] if not low else ["oh"] * (low < 10) + cardinal(low, language))
    elif len(digits) > 1 and digits[0] == "0":
        said = [word for digit in digits[:40] for word in cardinal(int(digit), language)]
    else:
        said = cardinal(int(digits[:60] or "0"), language)
    if ordinal:
        last = said[-1]
        said[-1] = ORDINALS.get(last, last[:-1] + "ieth" if last.endswith("y") else last + "th")
    return said + ([_SIGNS[language]["."], *cardinal(int(part), language)] if part else [])


def spoken_token(token: str, language: str) -> list[str]:
    """The words that a written token stands for, in lower case except what is to be spelt out (capitals without a vowel)."""
    low = token.lower().strip(".,;:!?¡¿\"'()[]{}“”‘’…-–—*_")
    if low in _SHORT[language]:
        return _SHORT[language][low].split()
    if language == "pt":
        token = re.sub(r"R\$([\d.,]*\d)", r"\1 reais", token)
    address = bool(re.search(r"^https?:|^www\.|\w\.(?:com|net|org|es|de|fr|it|pt|br|io|me|co)\b|@\w", low))
    dot = {"en": "dot", "es": "punto", "fr": "point", "it": "punto", "pt": "ponto"}[language]
    out: list[str] = []
    for piece in _PIECES.findall(re.sub(r"^https?://", "", token, flags=re.I)):
        if piece[0].isdigit():
            out += _number(piece, language)
        elif piece in _SIGNS[language]:
            if piece not in "./" or address:
                out += [dot] if piece == "." else _SIGNS[language][piece].split()
        elif piece.lower() in _SHORT[language]:
            out += _SHORT[language][piece.lower()].split()
        else:
            out.append(piece)
    while address and out and out[-1] == dot:
        out.pop()
    return out
