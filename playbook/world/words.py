"""Words of the synthetic world: what creators and commenters write, in German and English. All invented."""

from __future__ import annotations

FIRST = (
    (
        "Alba Amina Aneli Arlo Benno Brisa Calla Corin Dalia Davin Edda Elio Enna Fabio Fenja Finja Gesa Hanno Ilka Imani Ivo Jarla Jelto Jona "
        "Juna Kaja Kalle Keno Lale Lenja Levi Lioba Lisko Malea Mateo Mila Mirko Nael Neele Nora Oona Orin Pina Quira Rafa Rika Ruvi Sanna Silvan "
        "Suri Tamo Tesla Tilda Umi Valla Vesper Wanja Yara Yuna Zelda Zeno"
    )
    .replace("Tesla", "Tessa")
    .split()
)
SURNAME_STARTS = ["Al", "Bran", "Cor", "Dun", "Elm", "Fal", "Grau", "Hal", "Jen", "Kol", "Lin", "Mor", "Nor", "Ost", "Pel", "Quin", "Ros", "Sel", "Tal", "Ul", "Var", "Wes", "Yar", "Zim"]
SURNAME_ENDS = ["berin", "dahl", "desso", "fenn", "gard", "hollen", "kamp", "lanz", "meck", "novar", "pesk", "rath", "sund", "tessin", "vik", "wyn", "zell", "moor", "stett", "bach"]

# niche: (phrases, hashtags, ends of handles)
GERMAN = {
    "beauty": (
        (
            "Mein Make-up für jeden Tag",
            "Drei Schritte, fünf Minuten, fertig",
            "Dieser Lippenton bleibt",
            "Abends erst mal abschminken",
            "Neue Pinsel im Test",
            "So hält der Lidstrich",
            "Was ich nachgekauft habe",
            "Glow ohne viel Produkt",
        ),
        ("beauty", "makeuproutine", "glow", "beautytipps", "schminken"),
        ("beauty", "glow", "look"),
    ),
    "skincare": (
        (
            "Meine Abendroutine bei trockener Haut",
            "Sonnenschutz auch im Winter",
            "Niacinamid, einfach erklärt",
            "Zwei Wochen ohne Duftstoffe, mein Fazit",
            "Hautbarriere stärken mit wenig Produkten",
            "Vegane Hautpflege aus meinem Bad",
            "Inhaltsstoffe lesen lernen",
            "Sanfte Reinigung, die nicht spannt",
        ),
        ("hautpflege", "skincare", "vegan", "sensiblehaut", "spf", "naturkosmetik"),
        ("haut", "skin", "pflege"),
    ),
    "fashion": (
        (
            "Drei Outfits mit einer Jeans",
            "Secondhand-Fund der Woche",
            "Mein Capsule-Schrank im Frühling",
            "Grau geht immer",
            "Was ich im Büro trage",
            "Leinen, endlich wieder",
        ),
        ("mode", "outfit", "secondhand", "ootd"),
        ("mode", "style", "wear"),
    ),
    "fitness": (
        (
            "Zwanzig Minuten, keine Geräte",
            "Beintag, ihr wisst Bescheid",
            "Was ich nach dem Training esse",
            "Klimmzug Nummer eins, nach acht Monaten",
            "Ruhetag ist auch Training",
            "Dehnen vor dem Schlafen",
        ),
        ("fitness", "training", "homeworkout", "kraft"),
        ("fit", "moves", "stark"),
    ),
    "food": (
        (
            "Linsenbolognese für vier",
            "Frühstück, das satt macht",
            "Ein Blech, ein Ofen, fertig",
            "Mein Sauerteig lebt noch",
            "Spargel zum Letzten",
            "Meal Prep für die Woche",
        ),
        ("rezept", "kochen", "vegetarisch", "mealprep"),
        ("kocht", "kitchen", "teller"),
    ),
    "travel": (
        (
            "Mit dem Zug an die Ostsee",
            "48 Stunden in Leipzig",
            "Packliste für eine Woche Handgepäck",
            "Dieser See, kein Filter",
            "Wandern statt Strand",
            "Reisen mit kleinem Geld",
        ),
        ("reisen", "zugreise", "wochenende", "natur"),
        ("reist", "unterwegs", "away"),
    ),
    "family": (
        (
            "Fünf Spiele für Regentage",
            "Brotdose am Montag",
            "Schlaf, ein schwieriges Kapitel",
            "Das Kinderzimmer ist fertig",
            "Was uns morgens wirklich hilft",
            "Zahnlücke Nummer zwei",
        ),
        ("familie", "elternsein", "alltag", "kinder"),
        ("daheim", "zuhause", "family"),
    ),
    "gaming": (
        (
            "Endlich den letzten Boss geschafft",
            "Mein Schreibtisch 2026",
            "Gemütliche Spiele für Sonntage",
            "Stream heute um acht",
            "Drei Indie-Perlen",
            "Verloren, aber schön",
        ),
        ("gaming", "cozygames", "stream", "indiegame"),
        ("spielt", "gg", "pixel"),
    ),
}
ENGLISH = {
    "beauty": (
        (
            "My everyday make-up",
            "Three steps, five minutes, done",
            "This lip colour stays",
            "First thing at night: take it off",
            "New brushes, first try",
            "How to keep eyeliner in place",
            "What I bought again",
            "Glow with little product",
        ),
        ("beauty", "makeuproutine", "glow", "beautytips"),
        ("beauty", "glow", "look"),
    ),
    "skincare": (
        (
            "My evening routine for dry skin",
            "Sunscreen in winter too",
            "Niacinamide, explained simply",
            "Two weeks without fragrance",
            "Fewer products, stronger skin barrier",
            "Vegan skincare from my shelf",
            "How to read ingredients",
            "Gentle cleansing that does not sting",
        ),
        ("skincare", "vegan", "sensitiveskin", "spf", "routine"),
        ("skin", "care", "calm"),
    ),
    "family": (
        (
            "Five games for rainy days",
            "Lunchbox on a Monday",
            "Sleep, a difficult chapter",
            "The children's room is done",
            "What really helps us in the morning",
            "Tooth gap number two",
        ),
        ("family", "parenting", "everyday", "kids"),
        ("athome", "home", "family"),
    ),
    "coffee": (
        (
            "Iced oat latte before the first lecture",
            "My pour over in four minutes",
            "The best study corner has good coffee",
            "Dialling in a new roast",
            "Cold brew for the whole week",
            "Latte art, attempt forty",
            "Fair trade beans, tasted blind",
            "Which cup wins under four dollars",
        ),
        ("coffee", "latteart", "coldbrew", "coffeetime", "espresso"),
        ("brews", "cup", "latte"),
    ),
    "study": (
        (
            "Finals plan that I can keep",
            "Study with me, two hours",
            "Notes on one page",
            "Library, floor three, window seat",
            "How I read a paper",
            "Group project survival guide",
            "Coffee and flashcards",
        ),
        ("studywithme", "campuslife", "finals", "studytok", "student"),
        ("studies", "notes", "campus"),
    ),
    "food": (
        (
            "Five dinners, one pan",
            "Dorm kitchen ramen, upgraded",
            "Tacos under ten dollars",
            "Sourdough, day four",
            "What I eat in a week",
            "Brunch for the whole flat",
        ),
        ("foodie", "easyrecipes", "dormfood", "localeats"),
        ("eats", "kitchen", "plates"),
    ),
    "fashion": (
        (
            "Thrifted all of this",
            "Three looks, one jacket",
            "What I wore this week",
            "Capsule wardrobe, small budget",
            "Rainy day outfit",
            "Boots season is back",
        ),
        ("thrift", "outfit", "ootd", "style"),
        ("wears", "style", "closet"),
    ),
    "fitness": (
        (
            "Twenty minutes, no equipment",
            "Leg day, send help",
            "Couch to five k, week six",
            "First pull up after eight months",
            "Rest days count too",
            "Stretch with me",
        ),
        ("fitness", "workout", "strong", "training"),
        ("moves", "fit", "lifts"),
    ),
    "music": (
        (
            "New song, one take",
            "Busking on Saturday",
            "My bedroom studio",
            "Cover of the week",
            "Learning the bass line",
            "Open mic was something",
        ),
        ("newmusic", "cover", "livemusic", "indie"),
        ("sings", "sound", "plays"),
    ),
    "sports": (
        (
            "Game day on campus",
            "Training camp, day one",
            "We won in overtime",
            "Behind the bench",
            "Intramural season is on",
            "How we warm up",
        ),
        ("gameday", "teamwork", "campusports", "athlete"),
        ("plays", "team", "court"),
    ),
    "gaming": (
        (
            "Finally beat the last boss",
            "My desk setup",
            "Cosy games for Sundays",
            "Live at eight tonight",
            "Three indie gems",
            "Lost, but pretty",
        ),
        ("gaming", "cozygames", "stream", "indiegame"),
        ("plays", "gg", "pixel"),
    ),
    "hiking": (
        (
            "Ten miles in the Peaks and no rain",
            "Five trails for a Sunday",
            "My day pack, weighed",
            "Map first, phone second",
            "Sunrise on the ridge",
            "A circular walk from the station",
            "Trail shoes after 500 miles",
            "Leave no trace, the short version",
        ),
        ("hiking", "trail", "getoutside", "walks", "ukhiking"),
        ("hikes", "trails", "ridge"),
    ),
    "running": (
        (
            "Long run, slow on purpose",
            "Parkland loop at seven",
            "Half marathon in twelve weeks",
            "Trail running in mud",
            "Shoes I would buy again",
            "Hill repeats, eight of them",
        ),
        ("running", "trailrunning", "runclub", "halfmarathon"),
        ("runs", "miles", "pace"),
    ),
    "cycling": (
        (
            "Gravel ride before work",
            "Coast to coast, day two",
            "Fixing a puncture in four minutes",
            "Bikepacking on a small budget",
            "The climb was longer than the map said",
            "Rain jacket test",
        ),
        ("cycling", "gravel", "bikepacking", "ride"),
        ("rides", "gravel", "spokes"),
    ),
    "camping": (
        (
            "One pot dinner by the tent",
            "Wild camp checklist",
            "Tent or tarp",
            "Stove test in the wind",
            "Dry socks are everything",
            "Van weekend in Wales",
        ),
        ("camping", "wildcamp", "tentlife", "outdoors"),
        ("camps", "outside", "tent"),
    ),
    "travel": (
        (
            "Two days in Leeds without a car",
            "Sleeper train north",
            "Packing for a week, one bag",
            "This lake, no filter",
            "Slow travel on small money",
            "Island ferry times, explained",
        ),
        ("travel", "slowtravel", "weekend", "trainride"),
        ("travels", "away", "roams"),
    ),
    "photography": (
        (
            "Fog at six in the morning",
            "One lens for a month",
            "How I edit a landscape",
            "Long exposure by the river",
            "Film roll number nine",
            "Waiting for the light",
        ),
        ("photography", "landscape", "goldenhour", "film"),
        ("frames", "light", "lens"),
    ),
}
NICHES = {"de": GERMAN, "en": ENGLISH}

ENDINGS = {
    "de": (
        "",
        "",
        "",
        " Was meint ihr?",
        " Ehrlich.",
        " Speichern für später.",
        " Teil zwei morgen.",
        " Wer noch?",
        " ✨",
        " 🌿",
        " 😅",
        " Danke fürs Dabeisein.",
        " Fragen gern unten.",
    ),
    "en": (
        "",
        "",
        "",
        " Thoughts?",
        " Honestly.",
        " Save this for later.",
        " Part two tomorrow.",
        " Who else?",
        " ✨",
        " 🌿",
        " 😅",
        " Thanks for being here.",
        " Ask me below.",
    ),
}
# brands that pay for posts in the synthetic world; none of them exists
OTHER_BRANDS = ("Sorvelle", "Kettlewisp", "Plumaro", "Zwirnwerk", "Oddlark", "Fennimor", "Brixolino", "Tessovia")
AVOID = {"de": "Meine Erfahrung mit {word}, ehrlich erzählt.", "en": "My honest experience with {word}."}
GIVEAWAY = {"de": "Gewinnspiel! Folgen und kommentieren, Ende am Sonntag.", "en": "Giveaway! Follow and comment, closes on Sunday."}
# clear label in front, unclear label, none
PAID = {
    "de": {
        "clear": "Anzeige | {text} Mit {brand}.",
        "unclear": "{text} Mit {brand}. #collab #{tag} #sp",
        "missing": "{text} Danke {brand}!",
    },
    "en": {"clear": "#ad {text} With {brand}.", "unclear": "{text} With {brand}. #collab #{tag} #sp", "missing": "{text} Thanks {brand}!"},
}
BIOS = {
    "de": (
        "{niche} und Alltag | {city}",
        "Ehrliche {niche}-Tipps",
        "{city} · schreibt gern zurück",
        "{niche}, Kaffee, Hund",
        "Kooperation: Nachricht genügt",
        "jeden Dienstag neu | {niche}",
        "",
    ),
    "en": (
        "{niche} and everyday life | {city}",
        "Honest {niche} tips",
        "{city} · I do write back",
        "{niche}, tea, one dog",
        "Work with me: send a message",
        "new every Tuesday | {niche}",
        "",
    ),
}
GENERIC = ("🔥🔥🔥", "😍", "Wow!", "Nice", "Love this", "❤️❤️", "Amazing", "So good!", "👏👏", "Great post", "Top!", "Cool")
POD = (
    "Obsessed with this 🔥",
    "Stunning as always!",
    "You never miss 😍",
    "This is everything",
    "Goals!!",
    "So proud of you ❤️",
    "Need this now 🔥",
)
GENUINE = {
    "de": (
        "Welches Produkt war das bei {tag}?",
        "Hab ich gestern ausprobiert, klappt wirklich",
        "Wie lange machst du das schon mit {tag}?",
        "Bei mir hat es leider nicht funktioniert",
        "Kannst du mehr zu {tag} machen?",
        "Danke, genau das hat mir gefehlt",
        "Wo bekommt man das in {city}?",
        "Mein Mann lacht, ich probiere es trotzdem",
        "Und was kostet das ungefähr?",
        "Seit deinem Video mache ich das jeden Abend",
        "Frage: geht das auch ohne {tag}?",
        "Endlich sagt es mal jemand",
    ),
    "en": (
        "Which one did you use for {tag}?",
        "Tried this yesterday and it works",
        "How long have you been into {tag}?",
        "Did not work for me, sadly",
        "Could you do more on {tag}?",
        "Thank you, I was missing exactly this",
        "Where can I get that in {city}?",
        "My flatmate laughs but I am doing it anyway",
        "What does it cost, roughly?",
        "Been doing this every day since your last post",
        "Question: does it work without {tag}?",
        "Finally someone says it",
    ),
}
