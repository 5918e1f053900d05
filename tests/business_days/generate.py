"""Writes calendars.toml and cases.csv.gz: what numpy says about business days, for tests/business_days.rs.

    python3 -m venv venv && venv/bin/pip install numpy==2.4.6 && venv/bin/python tests/business_days/generate.py

The same seed and numpy give the same files. numpy counts [begin, end) and steps from a rolled day; playcaller counts
(from, to], and from any day the business days after it (before it, when negative): see `counted` and `stepped`.
"""

import datetime
import gzip
import pathlib
import random

import numpy

SEED = 20260601
CASES = 100_000
FIRST, LAST = datetime.date(1999, 1, 1), datetime.date(2056, 12, 31)
DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
# Days of the week, how many single holidays a year, yearly rules as calendars.toml has them.
CALENDARS = {
    "plain": ("1111100", 0, []),
    "western": ("1111100", 4, ["01-01", "12-25", "12-26", "thu 4 of nov", "mon last of may"]),
    "gulf": ("1111001", 8, []),
    "six-days": ("1111110", 12, ["02-29", "fri 5 of jan"]),
    "one-day": ("0010000", 2, ["07-01"]),
    "all-days": ("1111111", 20, ["12-24", "sun 1 of apr"]),
}

random = random.Random(SEED)


def every_day():
    day = FIRST
    while day <= LAST:
        yield day
        day += datetime.timedelta(days=1)


def follows(rule, day):
    if rule[2] == "-":
        return day.strftime("%m-%d") == rule
    weekday, nth, _, month = rule.split()
    if DAYS[day.weekday()] != weekday or day.strftime("%b").lower() != month:
        return False
    if nth == "last":
        return (day + datetime.timedelta(days=7)).month != day.month
    return (day.day - 1) // 7 + 1 == int(nth)


def calendar(mask, singles_a_year, rules):
    years = range(FIRST.year, LAST.year + 1)
    singles = {datetime.date(year, random.randint(1, 12), random.randint(1, 28)) for year in years for _ in range(singles_a_year)}
    ruled = {day for day in every_day() for rule in rules if follows(rule, day)}
    return singles, numpy.busdaycalendar(weekmask=mask, holidays=sorted(singles | ruled))


def stepped(day, n, own):
    roll = "backward" if n > 0 else "forward"
    return numpy.busday_offset(day, n, roll=roll, busdaycal=own).astype(object)


def counted(start, end, own):
    if end < start:
        return -counted(end, start, own)
    one = datetime.timedelta(days=1)
    return int(numpy.busday_count(start + one, end + one, busdaycal=own))


def some_day():
    return datetime.date(2010, 1, 1) + datetime.timedelta(days=random.randrange(36 * 365))


def case(own):
    """The calendar's question: what, a day, a number, and the answer; days are given as days after that day."""
    day = some_day()
    match random.randrange(4):
        case 0:
            n = random.randint(-200, 200)
            return "count", day, n, counted(day, day + datetime.timedelta(days=n), own)
        case 1:
            return "add", day, 0, (stepped(day, 0, own) - day).days
        case _:
            n = random.randint(-120, 120)
            return "add", day, n, (stepped(day, n, own) - day).days


def main():
    folder = pathlib.Path(__file__).parent
    built, toml = {}, f"# Written by generate.py: seed {SEED}, numpy {numpy.__version__}.\n"
    for name, (mask, singles_a_year, rules) in CALENDARS.items():
        singles, built[name] = calendar(mask, singles_a_year, rules)
        days = ",".join(day for day, is_open in zip(DAYS, mask) if is_open == "1")
        dates = ", ".join(str(day) for day in sorted(singles))
        yearly = ", ".join(f'"{rule}"' for rule in rules)
        toml += f'\n[calendar.{name}]\ndays = "{days}"\nholidays = ["{name}"]\n'
        toml += f"[holidays.{name}]\nyearly = [{yearly}]\ndates = [{dates}]\n"
    (folder / "calendars.toml").write_text(toml)
    names = random.choices(list(built), k=CASES)
    # Sorted, they pack to a third.
    lines = sorted(",".join(map(str, (name, *case(built[name])))) for name in names)
    packed = gzip.compress(("\n".join(lines) + "\n").encode(), compresslevel=9, mtime=0)
    (folder / "cases.csv.gz").write_bytes(packed)


main()
