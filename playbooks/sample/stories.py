"""The accounts of the sample portfolio that show something. README.md lists them for readers.

Dates are of 2026 unless written out. `usage` is the share of the seats in use on a working day, from each date on;
`changes` are values of the account from each date on; `meetings` are days on which somebody of ours met them.
"""

NY, CHICAGO, DENVER, LA = "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"
BERLIN, LONDON, MADRID = "Europe/Berlin", "Europe/London", "Europe/Madrid"
SYDNEY, SINGAPORE, KOLKATA = "Australia/Sydney", "Asia/Singapore", "Asia/Kolkata"

# A customer in trouble: what support and the success plan say of it, and of one that is well again.
TROUBLE = {"csat_score": 3, "open_tickets": 9, "goals_met_pct": 20}
DEEP_TROUBLE = {"csat_score": 1, "open_tickets": 15, "goals_met_pct": 0, "training_pct": 40}
WELL = {"csat_score": 9, "open_tickets": 1, "goals_met_pct": 80}

STORIES = [
    # --- Onboarding ---
    dict(id="harborlane", name="Harborlane Marine", arr=42000, owner="dana", zone=NY, start="08-24", seats=40,
         usage={"08-24": 0.20, "09-10": 0.25, "10-05": 0.40}, meetings=["08-26", "09-02", "09-30"]),
    dict(id="pinecrest", name="Pinecrest Dental Supply", arr=7200, owner="tomas", zone=CHICAGO, start="09-05", seats=10,
         usage={"09-05": 0.20, "10-01": 0.45}),
    dict(id="velmont", name="Velmont Kitchens", arr=56000, owner="tomas", zone=DENVER, start="09-14", seats=50,
         usage={"09-14": 0.30, "10-01": 0.55}, changes={"10-12": {"activated": "true", "training_pct": 85}},
         meetings=["09-16", "10-12"]),
    dict(id="sundry", name="Sundry Labs", arr=12000, owner="tomas", zone=LA, start="09-21", seats=30,
         usage={"09-21": 0.02}),
    dict(id="nordwind", name="Nordwind Spedition", arr=185000, owner="lena", zone=BERLIN, start="08-31", seats=160,
         usage={"08-31": 0.25, "10-01": 0.35}, meetings=["09-03", "09-30"]),
    dict(id="kestrel", name="Kestrel Air Cargo", arr=220000, owner="ravi", zone=SYDNEY, start="10-01", seats=200,
         usage={"10-01": 0.20, "10-20": 0.35}, meetings=["10-06"]),
    dict(id="bluefern", name="Bluefern Garden Centres", arr=9600, owner="tomas", zone=NY, start="10-05", known="10-12",
         seats=12, usage={"10-05": 0.30}),
    # --- Renewal ---
    dict(id="acme", name="Acme Harbour", arr=240000, owner="dana", zone=NY, renewal="11-20", seats=220,
         usage={"06-15": 0.80}, sponsor=True, meetings=["07-14", "10-07"]),
    dict(id="brightmoor", name="Brightmoor Tools", arr=48000, owner="dana", zone=NY, renewal="12-01", seats=60,
         usage={"06-15": 0.75}, changes={"10-15": {"renewal_status": "won"}}, meetings=["08-05", "09-11"]),
    dict(id="calder", name="Calder Mills", arr=64000, owner="tomas", zone=CHICAGO, renewal="12-10", seats=70,
         usage={"06-15": 0.60}, changes={"10-01": {"renewal_date": "2027-01-15"}}, meetings=["07-22"]),
    dict(id="drayton", name="Drayton Press", arr=14400, owner="tomas", zone=NY, renewal="12-07", seats=20,
         usage={"06-15": 0.35}, changes={"10-28": {"renewal_status": "lost"}}),
    dict(id="evergate", name="Evergate Fencing", arr=16800, owner="tomas", zone=DENVER, renewal="11-30", seats=20,
         usage={"06-15": 0.80}),
    dict(id="fennimore", name="Fennimore Paper", arr=18000, owner="tomas", zone=NY, renewal="12-15", seats=24,
         usage={"06-15": 0.70}, changes={"10-14": {"open_p1_tickets": 1}, "10-19": {"open_p1_tickets": 0}}),
    dict(id="greywater", name="Greywater Utilities", arr=310000, owner="lena", zone=LONDON, renewal="2027-01-10",
         seats=300, usage={"06-15": 0.85}, sponsor=True, meetings=["08-19", "10-21"]),
    dict(id="halcyon", name="Halcyon Optics", arr=9600, owner="tomas", zone=LA, renewal="12-01", period="monthly",
         seats=12, usage={"06-15": 0.65}),
    dict(id="ironbark", name="Ironbark Timber", arr=52000, owner="ravi", zone=SINGAPORE, renewal="11-25", seats=60,
         usage={"06-15": 0.70}, changes={"11-03": {"renewal_date": "2027-11-25"}}, meetings=["09-01"]),
    dict(id="opaline", name="Opaline Ceramics", arr=11000, owner="tomas", zone=MADRID, renewal="12-03", seats=14,
         usage={"06-15": 0.55}, personas=["end_user"]),
    dict(id="rosewater", name="Rosewater Hotels", arr=72000, owner="kim", zone=LA, renewal="12-08", seats=80,
         usage={"06-15": 0.75}, meetings=["08-12"]),
    dict(id="stonebridge", name="Stonebridge Quarries", arr="", owner="dana", zone=NY, renewal="12-04", seats=30,
         usage={"06-15": 0.60}),
    dict(id="tallow", name="Tallow & Wick", arr=8400, owner="tomas", zone="", renewal="12-09", seats=10,
         usage={"06-15": 0.70}),
    # --- At risk and escalation ---
    dict(id="quillon", name="Quillon Freight", arr=58000, owner="dana", zone=NY, renewal="2027-04-20", seats=60,
         usage={"06-15": 0.70, "09-14": 0.10, "10-08": 0.75}, changes={"09-21": TROUBLE, "10-12": WELL},
         nps={"08-10": 8, "09-18": 3, "10-14": 9}, meetings=["07-08", "10-09"]),
    dict(id="tarnwick", name="Tarnwick Insurance", arr=180000, owner="dana", zone=NY, renewal="2027-03-31", seats=180,
         usage={"06-15": 0.75, "09-14": 0.04}, changes={"09-22": DEEP_TROUBLE}, nps={"08-03": 8, "09-21": 1},
         personas=["champion"], sponsor_left="09-18", meetings=["06-24"]),
    dict(id="umberfield", name="Umberfield Bodegas", arr=61000, owner="lena", zone=MADRID, renewal="2027-05-15",
         seats=60, usage={"06-15": 0.65, "09-21": 0.20}, meetings=["07-01"], nps={"08-12": 8, "09-25": 4},
         changes={"09-28": {**TROUBLE, "open_p1_tickets": 1}, "10-23": {"open_p1_tickets": 0}}),
    dict(id="vantage", name="Vantage Signs", arr=15000, owner="tomas", zone=CHICAGO, renewal="2027-06-10", seats=20,
         usage={"06-15": 0.60, "09-28": 0.05}, changes={"10-05": DEEP_TROUBLE}, nps={"08-20": 7, "10-02": 2}),
    dict(id="wexcombe", name="Wexcombe Motors", arr=45000, owner="dana", zone=NY, renewal="2027-02-25", seats=50,
         usage={"06-15": 0.45}, nps={"08-14": 6},
         changes={"10-13": {"csat_score": 0, "open_tickets": 15, "open_p1_tickets": 3, "goals_met_pct": 0,
                            "training_pct": 0},
                  "10-14": {"csat_score": 8, "open_tickets": 2, "open_p1_tickets": 0, "goals_met_pct": 60,
                            "training_pct": 75}},
         meetings=["06-30"]),
    dict(id="yarrow", name="Yarrow Textiles", arr=39000, owner="kim", zone=LA, renewal="2027-03-05", seats=45,
         usage={"06-15": 0.60, "09-16": 0.08}, nps={"08-17": 7, "09-22": 2},
         changes={"09-24": TROUBLE, "10-20": {"status": "churned"}}, meetings=["06-18"]),
    dict(id="zephyr", name="Zephyr Turbines", arr=205000, owner="lena", zone=BERLIN, renewal="12-02", seats=200,
         usage={"06-15": 0.70, "09-14": 0.05}, changes={"09-22": DEEP_TROUBLE}, tags="legal_hold",
         nps={"08-11": 7, "09-21": 1}, meetings=["06-22"]),
    dict(id="pallas", name="Pallas Foundry", arr=54000, owner="", zone=KOLKATA, renewal="2027-04-02", seats=50,
         usage={"06-15": 0.65, "09-14": 0.03}, changes={"09-22": DEEP_TROUBLE}, nps={"08-05": 7, "09-20": 1},
         personas=["admin", "end_user"]),
]

# Accounts on which nothing happens, which is what most of a portfolio does. The zone decides the owner and region.
STEADY = [
    ("Alder & Sons", NY), ("Basalt Roofing", CHICAGO), ("Copperline Brewing", DENVER), ("Dunmore Foods", NY),
    ("Eastvale Clinics", LA), ("Foxglove Retail", CHICAGO), ("Granary Mills", NY), ("Hollowell Steel", CHICAGO),
    ("Inlet Ferries", LA), ("Junction Rail", DENVER), ("Kingsbury Glass", NY), ("Larch Furniture", CHICAGO),
    ("Marlowe Printing", NY), ("Northgate Storage", DENVER), ("Orchard Lane Dairy", LA), ("Pembrook Seeds", NY),
    ("Quayside Hotels", LONDON), ("Rheinau Pumpen", BERLIN), ("Solera Vinos", MADRID), ("Thistledown Wool", LONDON),
    ("Ulmen Optik", BERLIN), ("Vega Solar", MADRID), ("Wattle Creek Estates", SYDNEY), ("Xander Marine", SINGAPORE),
    ("Yamuna Exports", KOLKATA), ("Zelkova Interiors", SINGAPORE), ("Ashdown Security", LONDON),
    ("Birchwater Spas", DENVER), ("Cinder Cone Coffee", LA), ("Driftwood Rentals", NY), ("Elm Street Credit", CHICAGO),
    ("Farrier Equine", NY),
]
