"""The texts on which the tokenizer is compared with the reference, from a fixed seed."""

import random
import unicodedata

START, END = "<|startoftext|>", "<|endoftext|>"

SCRIPTS = [
    "a photo of a cat",
    "The Quick Brown Fox Jumps Over The Lazy Dog.",
    "Zwölf große Boxkämpfer jagen Viktor quer über den Sylter Deich",
    "Voix ambiguë d’un cœur qui, au zéphyr, préfère les jattes de kiwis",
    "Příliš žluťoučký kůň úpěl ďábelské ódy",
    "Pchnąć w tę łódź jeża lub ośm skrzyń fig",
    "Kæmi ný öxi hér, ykist þjófum nú bæði víl og ádrepa",
    "Pijamalı hasta yağız şoföre çabucak güvendi. IĞDIR İSTANBUL ılık",
    "ΞΕΣΚΕΠΑΖΩ ΤΗΝ ΨΥΧΟΦΘΟΡΑ ΒΔΕΛΥΓΜΙΑ. Ὀδυσσεύς ᾧ ᾼ",
    "Съешь же ещё этих мягких французских булок, да выпей чаю",
    "Ґ Є І Ї ґ є і ї, Ѩ Ѭ Ꙗ",
    "Ֆլամինգո ԵՒ և ՄԻՆՉԵՎ",
    "ქართული ᲥᲐᲠᲗᲣᲚᲘ Ⴕⴕ",
    "דג סקרן שָׁט בַּיָּם מְאֻכְזָב",
    "نص حكيم له سر قاطع وذو شأن عظيم مكتوب على ثوب أخضر",
    "یک گربهٔ سیاه می‌خوابد ۱۲۳۴",
    "ܫܠܡܐ ޘާނަ ߒߞߏ",
    "नीला आकाश और लाल गाड़ी क़ ख़ १२३",
    "আমার সোনার বাংলা ড় ঢ় য় ০১২",
    "ਸਤ ਸ੍ਰੀ ਅਕਾਲ ਖ਼ ગુજરાતી ଓଡ଼ିଆ",
    "தமிழ் மொழி ஔ கொ கௌ ௧௨",
    "తెలుగు ಕನ್ನಡ ೊ ೋ മലയാളം ൊ ർ ൻ සිංහල ෝ",
    "เป็นมนุษย์สุดประเสริฐเลิศคุณค่า ๑๒๓",
    "ສະບາຍດີ ຫຼ ຺ ມ຺ຸ ກ຺ຸ",
    "བོད་ཡིག ཀྵ གྷ ༡༢",
    "မြန်မာစာ ဦ ၁၂၃",
    "ខ្មែរ ១២៣ ᠮᠣᠩᠭᠣᠯ ᠐᠑",
    "አማርኛ ፩፪፫ ᏣᎳᎩ ꮳꮃꭹ ᐃᓄᒃᑎᑐᑦ ᚠᚢᚦ ᚛ᚑᚌᚐᚋ᚜",
    "いろはにほへと チリヌルヲ ガギグゲゴ ｶﾞｷﾞ",
    "天地玄黃，宇宙洪荒。 一只黑猫 三〇一",
    "𠀀𠜎𪚥 𰀀 豈更 㐀",
    "다람쥐 헌 쳇바퀴에 타고파 각 각 갛",
    "ភ ᄀ각 각 ꥠꥡ ힰ",
    "Đây là một con mèo ế ệ ǚ ǟ",
    "ǅ ǈ ǋ ǲ ẞ ß ŉ ǰ ΐ և ﬁ ﬀ ﬃ ſt",
    "𝐀𝐛𝒞𝔡𝟘𝟙 Ⅷ ⅷ ① ⓐ Ⓐ ½ ² ³ ¹",
    "K Å Ω ℃ ™ ℵ",
    "𐐀𐐨 𞤀𞤢 𑢠𑣀 𖹀𖹠 𐲀𐳀",
    "𐒰𐓘 Ꭰꭰ Ა Ɤɤ Ꟈꟈ Ꟊꟊ Ꞻ Ɡ Ꟁ Ꟶ",
    "܀ ۝ ؀1234",
    "੦੧੨ ෦෧ ༳ ௰௱௲ ൰ ㆒㆓ ㈠ 〡〢〣 𒐀 𐄇 𝟎𞥐 🄀 🯰🯱",
]
CONTRACTIONS = [
    "it's",
    "don't",
    "they're",
    "we've",
    "i'm",
    "he'll",
    "she'd",
    "IT'S",
    "DON'T",
    "'s",
    "'S",
    "''s",
    "'st",
    "'tis",
    "o'clock",
    "rock 'n' roll",
    "dogs' bones",
    "it’s",
    "x'll'd've're'm's't",
    "'",
    "''",
    "'''",
    "'l",
    "'r",
    "'v",
    "a'b",
    "'1",
    "1's",
    "!'s",
    "'s!",
    "'ſ",
    "'K",
    " 's ",
    "'\u0301s",
    "'s\u0301",
]
SPECIAL = [
    f"a{END}b",
    f"a {END} b",
    f"{END}",
    f"{END}{END}",
    f"{START}a photo{END}",
    f" {START} a ",
    f"{START}{END}",
    f"x  {END}  y",
    f"{END}\n{START}\t",
    "<|ENDOFTEXT|>",
    "a <|EndOfText|>b",
    "<|STARTOFTEXT|>!!",
    "!<|ENDOFTEXT|>",
    "!!<|ENDOFTEXT|>!!",
    "<|ENDOFTEXT|><|ENDOFTEXT|>",
    "'<|ENDOFTEXT|>'s",
    "<<|ENDOFTEXT|>>",
    "1<|ENDOFTEXT|>2",
    "<|endoftext|",
    "|endoftext|>",
    "<|endoftext>",
    "< |endoftext| >",
    "<|end oftext|>",
    "<|endoftext|>'s",
    "<|startoftext|",
    "<|",
    "|>",
    "<|>",
    "<||>",
    "<|pad|>",
    "<|unk|>",
    "</w>",
    "a</w>b",
    "a</w> </w>",
    "Ġ",
    "Ā",
    f"{END}\u0301",
    f"e{END}\u0301",
    f"\u1100{END}\u1161",
    "<|endofteK|>",
    "<|endofTEXT|>\u0301",
    "<|ENDOFTEXT|>\u0301",
    "<|ENDOF\u200bTEXT|>",
    "<|endoftext\u0338|>",
    "<\u0338|ENDOFTEXT|>",
    "<|STARTOFTEXT|\u0338>",
]
LOWERING = [
    "İ",
    "İstanbul",
    "I\u0307",
    "i\u0307",
    "ΑΣ",
    "ΣΑΣ",
    "ΟΔΥΣΣΕΥΣ",
    "Σ",
    "Σ.",
    "ς",
    "ΑΣ\u0301",
    "ẞ",
    "STRASSE straße",
    "ǄǅdžǇǈǉ",
    "ᾈᾀ ᾳᾼ",
    "K Å Ω",
    "Ⅳⅳ Ⓐⓐ",
    "ᲀ ᲁ Ა",
    "Ꭰꭰ",
    "Ä A\u0308",
    "Ǘ U\u0308\u0301",
    "İ\u0307",
    "J\u030c",
    "ĲĳǊ",
]
SPACES = [
    chr(c)
    for c in [
        9,
        10,
        11,
        12,
        13,
        28,
        29,
        30,
        31,
        32,
        0x85,
        0xA0,
        0x1680,
        0x180E,
        *range(0x2000, 0x2010),
        0x2028,
        0x2029,
        0x202F,
        0x205F,
        0x2060,
        0x3000,
        0x3164,
        0xFEFF,
    ]
]
EMOJI = [
    "😀",
    "👍🏽",
    "👩‍👩‍👧‍👦",
    "🏳️‍🌈",
    "🏴󠁧󠁢󠁳󠁣󠁴󠁿",
    "🇩🇪🇫🇷",
    "❤️",
    "☺",
    "☺︎",
    "1️⃣",
    "#️⃣",
    "🧑🏿‍🚀",
    "👁️‍🗨️",
    "🤷🏻‍♀️",
    "🫠",
    "🫨",
    "🪿",
    "🩷",
    "\U0001fae9",
    "♻️",
    "©️",
    "🈯",
    "🀄",
    "🂡",
]
CONTROLS = [
    "\0",
    "\x01",
    "\x07",
    "\x08",
    "\x1b[31m",
    "\x7f",
    "\x80",
    "\x9f",
    "\xad",
    "\u200b",
    "\u200c",
    "\u200d",
    "\u200e",
    "\u202e",
    "\u2066",
    "\ufeff",
    "\ufffd",
    "\ufffe",
    "\uffff",
    "\ue000",
    "\U000f0000",
    "\U0010ffff",
    "\U0001fffe",
    "\u0378",
    "\U000e0001",
    "\U000e0100",
    "\U0001d173",
    "\ufff9",
    "\u061c",
    "\u180b",
    "\u2028",
]
MARKS = [
    "e\u0301",
    "é",
    "e\u0323\u0301",
    "e\u0301\u0323",
    "q\u0307\u0323",
    "q\u0323\u0307",
    "\u0301",
    "a\u0301\u0301",
    "ế",
    "e\u0302\u0301",
    "\u0344",
    "\u0340\u0341\u0343",
    "\u0958",
    "\u0915\u093c",
    "\u09c7\u09be",
    "\u0bc6\u0bbe",
    "\u0dd9\u0dcf\u0dca",
    "\u1100\u1161\u11a8",
    "\u1100\u1161",
    "\uac00\u11a8",
    "\uac01\u11a8",
    "\u11a8",
    "\u1161\u11a8",
    "\u0f71\u0f72",
    "\u0f73",
    "\u0fb2\u0f80",
    "\u1025\u102e",
    "\u30ab\u3099",
    "\uff76\uff9e",
    "\u2126",
    "\u212a",
    "\u212b",
    "\u2adc",
    "\ufb1d",
    "\ufb2a",
    "\u0338=",
    "=\u0338",
    "<\u0338",
    "\u2260",
    "\U000110a5\U000110ba",
    "\U00011099\U000110ba",
    "\U00011131\U00011127",
    "\U0001d15e",
    "\U0001d158\U0001d165",
    "\U00011935\U00011930",
    "\U000105d2\u0307",
    "\U00016d67\U00016d67",
    "\u0eb8\u0eba\u0eb8",
    "a\u0eba\u0301\u0323",
    "a\u1dfa\u0301\u0323",
    "a\u0301\u1dfa",
    "a\u0315\u0898\u0334",
    "a\u1acf\u0323",
    "\u0c3c\u0c4d\u0345",
    "x\U0001e2ec\u0323",
    "a\u0300\u034f\u0323",
    "a\u0300\u034f\u0301",
    "a" + "\u0323\u0301" * 20,
]


def alphabet():
    """Characters for the random texts: a few of each kind, chosen to collide."""
    assigned = [c for c in range(0x110000) if unicodedata.category(chr(c)) not in ("Cs", "Cn", "Co")]
    marks = [c for c in assigned if unicodedata.combining(chr(c))]
    spaced = [ord(c) for c in SPACES]
    cased = [c for c in assigned if unicodedata.category(chr(c)) in ("Lu", "Lt")]
    digits = [c for c in assigned if unicodedata.category(chr(c)).startswith("N")]
    ascii_ = list(range(0x20, 0x7F))
    return [
        assigned,
        marks,
        marks,
        spaced,
        cased,
        digits,
        ascii_,
        ascii_,
        ascii_,
        [0x27],
        list(range(0x110000 - 0x1000)),
        list(range(0x1100, 0x1200)) + list(range(0xAC00, 0xAC40)),
    ]


def random_texts(count, generator):
    kinds = alphabet()
    pieces = CONTRACTIONS + SPECIAL + LOWERING + EMOJI + MARKS + CONTROLS + [w for s in SCRIPTS for w in s.split()]
    for _ in range(count):
        parts = []
        for _ in range(generator.randint(1, 10)):
            if generator.random() < 0.45:
                parts.append(generator.choice(pieces))
            else:
                character = generator.choice(generator.choice(kinds))
                parts.append("?" if 0xD800 <= character < 0xE000 else chr(character))
            parts.append(generator.choice(["", "", " ", generator.choice(SPACES)]))
        yield "".join(parts)


def texts(random_count):
    """All texts, each once."""
    generator = random.Random(20112)
    found = [
        "",
        " ",
        "   ",
        "\n\t \u3000",
        "a" * 300,
        "ab" * 200,
        "The " * 60,
        "é" * 100,
        "猫" * 60,
        "1234567890" * 12,
        "!?" * 80,
        "A" * 77,
        "supercalifragilisticexpialidocious" * 8,
    ]
    for group in (SCRIPTS, CONTRACTIONS, SPECIAL, LOWERING, EMOJI, CONTROLS, MARKS):
        found += group
    for text in SCRIPTS + MARKS + LOWERING:
        found += [unicodedata.normalize("NFD", text), unicodedata.normalize("NFC", text), text.upper(), text.title()]
    for space in SPACES:
        found += [f"a{space}b", f"{space}a{space}{space}b{space}", f"a{space}{END}{space}b", f"{space}1 {space}!"]
    for odd in CONTROLS + EMOJI:
        found += [f"a{odd}b", f"a {odd} b", f"{odd}{odd}!", f"1{odd}", f"{odd}\u0301"]
    for left in ["", "a", "1", "!", "'", " "]:
        for right in ["", "a", "1", "!", "'s", " "]:
            for token in [START, END, "<|ENDOFTEXT|>"]:
                found.append(left + token + right)
    found += random_texts(random_count, generator)
    return list(dict.fromkeys(found))


def sweep_texts(first, last):
    """Every code point of a block: alone between spaces, inside a word, after a mark, before a mark, beside a digit."""
    for block in range(first, last, 64):
        characters = [chr(c) for c in range(block, block + 64) if not 0xD800 <= c < 0xE000]
        yield "".join(
            f"{c} a{c}b a\u0323{c}\u0301 {c}\u0338!{c}1{c}{c} \u1100{c}\u1161\u0eb8{c}\u0eb8 " for c in characters
        )


def digest(sequences):
    """64-bit FNV-1a over the token ids, so that a sweep fits in a small file."""
    value = 0xCBF29CE484222325
    for ids in sequences:
        for token in ids:
            value = ((value ^ token) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return f"{value:016x}"
