"""Words the invented people and places are made of. Nobody here is real (D64)."""

from __future__ import annotations

FIRST_NAMES = (
    "Amara", "Ayla", "Benat", "Birgit", "Caspian", "Chidi", "Dagny", "Dmitri", "Eilidh", "Elowen", "Fatoumata",
    "Fionn", "Giulia", "Goran", "Harriet", "Hiro", "Ilse", "Isandro", "Jelena", "José Ángel", "Jun", "Kai", "Kwabena",
    "Leocadia",
    "Łukasz", "Maelle", "Maximilian", "Mirela", "Nayeli", "Noor", "Odalys", "Oisín", "Paloma", "Priyanka", "Quill",
    "Ravi", "Rosalind", "Sanna", "Siobhán", "Tamsin", "Tobias", "Uma", "Ursin", "Valeria", "Viggo", "Wren", "Xanthe",
    "Yannick", "Yuki", "Zoë", "Zuri", "Anselm", "Brona", "Calla", "Deniz", "Enzo", "Freya", "Gideon", "Hana", "Ivo",
)  # fmt: skip
LAST_NAMES = (
    "Abernathy-Sample", "Adeyemi-Brandt", "Asante", "Bărbulescu", "Castellanos", "Chen-Li", "Diabaté", "Dubrovnik",
    "Estévez-Roe", "Featherstonehaugh", "Fennimore", "Grønlund", "Halloran-Test", "Haverford", "Iturbide", "Jankowska",
    "Kestrel", "al-Khatib", "Kowalczyk", "Lindqvist", "MacGillivray", "Marigold", "Nakamura-Vale", "Ñúñez-Villaseñor",
    "O’Brien", "Okonkwo", "Olszewski", "Papadimitriou", "Pennyworth", "Quillfeather", "Ravenscroft", "Rosewater",
    "Subramaniam", "Szőke", "Tanaka", "Thistlewood", "Umber", "Vantongeren", "Volkov-Reyes", "Wójcik", "Whitlock",
    "Xanthopoulos", "Yarrow", "Zapata-Moon", "Birdsong", "Clearwater", "Dovetail", "Everbrook", "Fairweather",
    "Goldcrest",
)  # fmt: skip
SCHOOLS = (
    ("Cedar Ridge K–8", "PK,KG,01,02,03,04,05,06,07,08"),
    ("Alder Creek Elementary", "KG,01,02,03,04,05"),
    ("Birch Hollow Elementary", "KG,01,02,03,04,05"),
    ("Copper Hill Elementary", "KG,01,02,03,04,05"),
    ("Dogwood Elementary", "KG,01,02,03,04,05"),
    ("Elk Meadow Elementary", "KG,01,02,03,04,05"),
    ("Fern Valley Elementary", "KG,01,02,03,04,05"),
    ("Granite Falls Middle", "06,07,08"),
    ("Heron Lake Middle", "06,07,08"),
    ("Ironwood Middle", "06,07,08"),
    ("Juniper High", "09,10,11,12"),
    ("Kestrel High", "09,10,11,12"),
)
DISTRICT = "Tamarack Valley USD (demonstration)"
NURSES = (
    ("Renata", "Olszewski"), ("Maite", "Iturbide"), ("Dorothea", "Whitfield"), ("Calum", "Thistlewood"),
    ("Ngozi", "Birdsong"), ("Petra", "Vantongeren"), ("Lucía", "Marigold"), ("Hedda", "Grønlund"),
    ("Samir", "Clearwater"),
    ("Orla", "Fairweather"), ("Beatrix", "Goldcrest"), ("Tomás", "Everbrook"), ("Ingrid", "Dovetail"),
)  # fmt: skip
AIDES = (
    ("Pia", "Rosewater"), ("Anton", "Umber"), ("Selma", "Yarrow"), ("Rufus", "Pennyworth"), ("Mina", "Kestrel"),
    ("Odile", "Haverford"), ("Jonas", "Whitlock"), ("Talia", "Fennimore"), ("Bruno", "Zapata-Moon"), ("Edda", "Wójcik"),
    ("Farid", "Ravenscroft"),
)  # fmt: skip
ADMINISTRATOR = ("Ada", "Demonstration")
PRESCRIBERS = ("Dr. P. Vantongeren (invented)", "Dr. I. Szőke (invented)", "Dr. A. Marigold (invented)")
