"""What the demo model knows: the things that scenes are drawn from, and their names.

Order matters: the scene generator picks by position, so a change here changes every scene.
"""

# Everyday objects, and the emoji that each is drawn with.
OBJECTS = {
    "cat": "🐱", "dog": "🐶", "apple": "🍎", "green apple": "🍏", "car": "🚗", "tree": "🌳",
    "house": "🏠", "heart": "❤️", "banana": "🍌", "fish": "🐟", "butterfly": "🦋",
    "sunflower": "🌻", "pizza": "🍕", "soccer ball": "⚽", "guitar": "🎸",
    "airplane": "✈️", "bicycle": "🚲", "umbrella": "☂️", "hat": "🎩", "key": "🔑",
    "books": "📚", "coffee": "☕", "frog": "🐸", "elephant": "🐘", "turtle": "🐢",
    "mushroom": "🍄", "moon": "🌙", "sun": "☀️", "fire": "🔥", "diamond ring": "💍",
    "balloon": "🎈", "bird": "🐦", "penguin": "🐧", "pig": "🐷", "cow": "🐮", "horse": "🐴",
    "rabbit": "🐰", "bear": "🐻", "panda": "🐼", "lion": "🦁", "tiger": "🐯",
    "monkey": "🐵", "chicken": "🐔", "snake": "🐍", "octopus": "🐙", "crab": "🦀",
    "whale": "🐳", "bee": "🐝", "ladybug": "🐞", "snail": "🐌", "rose": "🌹", "tulip": "🌷",
    "cactus": "🌵", "palm tree": "🌴", "grapes": "🍇", "watermelon": "🍉", "lemon": "🍋",
    "orange fruit": "🍊", "pear": "🍐", "cherries": "🍒", "strawberry": "🍓",
    "pineapple": "🍍", "tomato": "🍅", "carrot": "🥕", "corn": "🌽", "bread": "🍞",
    "cheese": "🧀", "egg": "🍳", "burger": "🍔", "fries": "🍟", "hot dog": "🌭",
    "taco": "🌮", "cake": "🍰", "cookie": "🍪", "ice cream": "🍦", "donut": "🍩",
    "basketball": "🏀", "football": "🏈", "tennis ball": "🎾", "trophy": "🏆",
    "drum": "🥁", "trumpet": "🎺", "violin": "🎻", "camera": "📷", "television": "📺",
    "computer": "💻", "phone": "📱", "clock": "🕐", "light bulb": "💡", "lock": "🔒",
    "hammer": "🔨", "scissors": "✂️", "pencil": "✏️", "envelope": "✉️", "gift": "🎁",
    "shirt": "👕", "jeans": "👖", "dress": "👗", "shoe": "👟", "boot": "👢", "bag": "👜",
    "glasses": "👓", "crown": "👑", "rocket": "🚀", "bus": "🚌", "truck": "🚚",
    "train": "🚂", "tractor": "🚜", "motorcycle": "🏍️", "boat": "⛵", "helicopter": "🚁",
    "anchor": "⚓", "traffic light": "🚦", "tent": "⛺", "castle": "🏰", "volcano": "🌋",
    "rainbow": "🌈", "cloud": "☁️", "snowman": "⛄", "ghost": "👻", "robot": "🤖",
    "alien": "👽", "skull": "💀", "eye": "👁️", "hand": "✋", "foot": "🦶", "ear": "👂",
    "chair": "🪑", "bed": "🛏️", "door": "🚪", "candle": "🕯️", "teddy bear": "🧸",
    "kite": "🪁", "dice": "🎲", "magnet": "🧲",
}  # fmt: skip

# Colours of shapes, before a little random variation.
COLORS = {
    "red": (214, 32, 38), "green": (38, 150, 60), "blue": (36, 82, 204), "yellow": (246, 214, 36),
    "orange": (244, 134, 28), "purple": (128, 48, 168), "pink": (246, 132, 180),
    "cyan": (48, 204, 216), "brown": (122, 76, 40), "black": (24, 24, 26),
    "white": (244, 244, 244), "gray": (132, 134, 138),
}  # fmt: skip

# Geometric shapes; each can have any colour and texture.
SHAPES = [
    "circle", "square", "triangle", "star", "ring", "cross", "crescent", "hexagon", "arrow",
    "diamond", "ellipse", "rectangle",
]  # fmt: skip

TEXTURES = ["plain", "striped", "dotted", "checkered"]

# Pairs of colour and shape never drawn in training, to see whether it can combine what it knows.
HELD_OUT = {
    ("purple", "star"),
    ("cyan", "triangle"),
    ("orange", "hexagon"),
    ("green", "ring"),
    ("pink", "square"),
    ("blue", "crescent"),
}
