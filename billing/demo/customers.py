"""The demo company's customers: who they are, what they bought, and how much they use it."""

from dataclasses import dataclass
from typing import Final

from accounts.choices import Role

COMPLETE_MONTHS: Final = 3


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at a customer's."""

    name: str
    email: str
    role: Role = Role.OWNER


@dataclass(frozen=True, slots=True)
class Stream:
    """
    How often a customer does one action.

    `monthly` counts it in each complete month, oldest first, and `so_far` in the current one
    (None: what the last complete month would have made by now). The app puts up to
    `largest_event` of them into one usage event.
    """

    action: str
    monthly: tuple[int, ...]
    so_far: int | None = None
    largest_event: int = 1


@dataclass(frozen=True, slots=True)
class Customer:
    """
    A customer, its agreement and its habits.

    The current usage period began `days_into_period` days ago, after `complete_months` others.
    `users` are the people that the app names in its usage events.

    Everybody pays by card, apart from who is on trial. `uses_coupon`: for the first month.
    `buys_pack`: the code of one that it pays for in the month before the last.
    `card_fails`: when the current period has to be paid for. `moves`: two months before it, to
    the new prices, as it was offered.
    """

    external_id: str
    name: str
    time_zone: str
    plan: str
    days_into_period: int
    people: tuple[Person, ...]
    users: tuple[str, ...]
    streams: tuple[Stream, ...]
    seats: int | None = None
    interval: str = "month"
    currency: str = "USD"
    invited: tuple[Person, ...] = ()
    trial_days: int = 0
    uses_coupon: bool = False
    buys_pack: str = ""
    card_fails: bool = False
    moves: bool = False
    complete_months: int = COMPLETE_MONTHS

    @property
    def owner(self) -> Person:
        """Who signed the agreement."""
        return self.people[0]

    @property
    def teammates(self) -> tuple[Person, ...]:
        """Everybody else who can log in."""
        return self.people[1:]


STAFF: Final = Person("Sam Okafor", "staff@tallybook.example")
# Asks for things that the member of staff above decides, and does not log in.
COLLEAGUE: Final = Person("Mira Castellanos", "colleague@tallybook.example")
OWNER: Final = Person("Alice Hartmann", "alice@northwind.example")
MEMBER: Final = Person("Bob Reyes", "bob@northwind.example", Role.MEMBER)


def _employees(count: int) -> tuple[str, ...]:
    return tuple(f"employee-{number:02}" for number in range(1, count + 1))


# The plan holds 5,000 credits, and 100 rolled over; in the current period 5,460 are used.
PROFESSIONAL: Final = Customer(
    external_id="northwind",
    name="Northwind Research",
    time_zone="America/New_York",
    plan="professional",
    days_into_period=22,
    people=(
        OWNER,
        Person("Dora Lindqvist", "dora@northwind.example", Role.ADMIN),
        Person("Erin Walsh", "erin@northwind.example", Role.BILLING),
        Person("Farid Azizi", "farid@northwind.example", Role.DEVELOPER),
        MEMBER,
    ),
    invited=(Person("Grace Adeyemi", "grace@northwind.example", Role.DEVELOPER),),
    users=(
        "bob@northwind.example",
        "farid@northwind.example",
        "alice@northwind.example",
        "dora@northwind.example",
    ),
    streams=(
        Stream("EXTRACT_TEXT", monthly=(268, 220, 265), so_far=292),
        Stream("SUMMARIZE_SHORT", monthly=(160, 110, 150), so_far=165),
        Stream("GENERATE_REPORT", monthly=(46, 34, 41), so_far=47),
    ),
)

CUSTOMERS: Final = (
    Customer(
        external_id="customer-a",
        name="Alder Accounting",
        time_zone="America/New_York",
        plan="per_seat",
        seats=50,
        days_into_period=12,
        people=(Person("Nora Alder", "nora@alder.example"),),
        users=_employees(50),
        streams=(Stream("PROCESS_DOCUMENT", monthly=(2_000, 2_000, 2_000)),),
    ),
    Customer(
        external_id="customer-b",
        name="Brightwater Logistics",
        time_zone="America/Chicago",
        plan="per_seat",
        seats=50,
        days_into_period=16,
        people=(Person("Luis Ortega", "luis@brightwater.example"),),
        users=_employees(50),
        streams=(Stream("PROCESS_DOCUMENT", monthly=(21_000, 21_000, 21_000), largest_event=15),),
    ),
    Customer(
        external_id="customer-c",
        name="Cobalt Claims",
        time_zone="America/Denver",
        plan="per_seat",
        seats=50,
        days_into_period=9,
        people=(Person("Hana Sato", "hana@cobalt.example"),),
        users=_employees(50),
        streams=(Stream("PROCESS_DOCUMENT", monthly=(85_000, 85_000, 85_000), largest_event=49),),
    ),
    Customer(
        external_id="marketing-team",
        name="Marlowe Marketing",
        time_zone="America/Los_Angeles",
        plan="writer_per_seat",
        seats=30,
        days_into_period=18,
        people=(Person("Priya Nair", "priya@marlowe.example"),),
        users=_employees(30),
        streams=(Stream("GENERATE_TEXT", monthly=(126_000, 126_000, 126_000), largest_event=79),),
    ),
    # Three customers with 10 seats at $75 each, and as many credits as they like. This one uses
    # 1,800 a month: at Professional it would save $451.
    Customer(
        external_id="larkspur",
        name="Larkspur Legal",
        time_zone="America/New_York",
        plan="team_seats",
        seats=10,
        days_into_period=6,
        complete_months=12,
        people=(
            Person("Iris Larkspur", "iris@larkspur.example"),
            Person("Tom Becker", "tom@larkspur.example", Role.BILLING),
        ),
        users=_employees(10),
        streams=(
            Stream(
                "EXTRACT_TEXT",
                monthly=(88, 96, 92, 104, 110, 98, 84, 90, 102, 108, 112, 116),
                largest_event=2,
            ),
            Stream(
                "SUMMARIZE_SHORT",
                monthly=(50, 52, 54, 56, 58, 55, 48, 52, 56, 58, 60, 61),
            ),
            Stream(
                "GENERATE_REPORT",
                monthly=(13, 14, 14, 15, 16, 15, 13, 14, 16, 16, 17, 17),
            ),
        ),
    ),
    # Uses 9,000 a month: at Professional it would pay $29 more.
    Customer(
        external_id="hawthorn",
        name="Hawthorn Health",
        time_zone="America/Chicago",
        plan="team_seats",
        seats=10,
        days_into_period=11,
        complete_months=12,
        people=(Person("Amara Hawthorn", "amara@hawthorn.example"),),
        users=_employees(10),
        streams=(
            Stream(
                "EXTRACT_TEXT",
                monthly=(420, 440, 460, 500, 520, 500, 440, 480, 540, 560, 570, 570),
                largest_event=9,
            ),
            Stream(
                "SUMMARIZE_SHORT",
                monthly=(250, 255, 260, 275, 280, 275, 255, 270, 290, 295, 300, 295),
                largest_event=5,
            ),
            Stream(
                "GENERATE_REPORT",
                monthly=(66, 68, 70, 75, 78, 76, 68, 72, 80, 82, 83, 82),
            ),
        ),
    ),
    # Moved to Professional two months ago, with a guarantee. Used 9,000 in each of them, and a
    # little less before: $779 instead of $750.
    Customer(
        external_id="rosewood",
        moves=True,
        name="Rosewood Realty",
        time_zone="America/Denver",
        plan="team_seats",
        seats=10,
        days_into_period=8,
        complete_months=12,
        people=(Person("Felix Rosewood", "felix@rosewood.example"),),
        users=_employees(10),
        streams=(
            Stream(
                "EXTRACT_TEXT",
                monthly=(470, 480, 490, 510, 500, 480, 490, 500, 480, 470, 500, 500),
                largest_event=9,
            ),
            Stream(
                "SUMMARIZE_SHORT",
                monthly=(260, 270, 270, 280, 270, 260, 270, 270, 265, 270, 275, 275),
                largest_event=5,
            ),
            Stream(
                "GENERATE_REPORT",
                monthly=(70, 72, 73, 75, 74, 71, 72, 73, 70, 71, 75, 75),
            ),
        ),
    ),
    # Came when the plan cost less, and keeps that price.
    Customer(
        external_id="juniper",
        name="Juniper Press",
        time_zone="Europe/Dublin",
        plan="starter",
        days_into_period=27,
        people=(Person("Maeve Byrne", "maeve@juniper.example"),),
        users=("maeve@juniper.example",),
        streams=(
            Stream("EXTRACT_TEXT", monthly=(52, 48, 55), so_far=51),
            Stream("SUMMARIZE_SHORT", monthly=(18, 22, 20), so_far=21),
            Stream("GENERATE_REPORT", monthly=(3, 4, 4), so_far=4),
        ),
    ),
    # The plan holds 1,000 credits; in the current period 940 are used.
    Customer(
        external_id="starling",
        name="Starling Studio",
        time_zone="Europe/London",
        plan="starter",
        days_into_period=21,
        uses_coupon=True,
        people=(
            Person("Owen Starling", "owen@starling.example"),
            Person("Tess Moreau", "tess@starling.example", Role.MEMBER),
        ),
        users=("owen@starling.example", "tess@starling.example"),
        streams=(
            Stream("EXTRACT_TEXT", monthly=(44, 58, 64), so_far=60),
            Stream("SUMMARIZE_SHORT", monthly=(20, 27, 32), so_far=34),
            Stream("GENERATE_REPORT", monthly=(4, 5, 7), so_far=6),
        ),
    ),
    PROFESSIONAL,
    # Bought a pack when its credits ran out, and now its card is declined.
    Customer(
        external_id="fernhill",
        name="Fernhill Foods",
        time_zone="America/Toronto",
        plan="starter",
        days_into_period=4,
        people=(
            Person("Ruth Fernhill", "ruth@fernhill.example"),
            Person("Marc Tremblay", "marc@fernhill.example", Role.BILLING),
        ),
        users=("ruth@fernhill.example", "marc@fernhill.example"),
        buys_pack="credits_500",
        card_fails=True,
        streams=(
            Stream("EXTRACT_TEXT", monthly=(60, 90, 70), so_far=9),
            Stream("SUMMARIZE_SHORT", monthly=(25, 40, 30), so_far=4),
            Stream("GENERATE_REPORT", monthly=(5, 12, 8), so_far=1),
        ),
    ),
    # Tries the plan, without a card, for five more days.
    Customer(
        external_id="kestrel",
        name="Kestrel Robotics",
        time_zone="Europe/Warsaw",
        plan="starter",
        days_into_period=9,
        trial_days=14,
        people=(Person("Ola Nowak", "ola@kestrel.example"),),
        users=("ola@kestrel.example",),
        streams=(
            Stream("EXTRACT_TEXT", monthly=(), so_far=26),
            Stream("SUMMARIZE_SHORT", monthly=(), so_far=14),
            Stream("GENERATE_REPORT", monthly=(), so_far=3),
        ),
    ),
    # Pays by the year, in euros; its allowance of 20,000 credits is a monthly one all the same, and
    # what it used beyond it is invoiced by the month.
    Customer(
        external_id="eastgate",
        name="Eastgate Group",
        time_zone="Europe/Berlin",
        currency="EUR",
        plan="enterprise",
        seats=60,
        interval="year",
        days_into_period=14,
        people=(
            Person("Jonas Weber", "jonas@eastgate.example"),
            Person("Clara Vogel", "clara@eastgate.example", Role.BILLING),
        ),
        users=tuple(f"team-{city}" for city in ("berlin", "lyon", "milan", "porto", "gdansk")),
        streams=(
            Stream("EXTRACT_TEXT", monthly=(1_700, 1_840, 1_290), so_far=640, largest_event=4),
            Stream("SUMMARIZE_SHORT", monthly=(720, 790, 560), so_far=270, largest_event=3),
            Stream("GENERATE_REPORT", monthly=(114, 110, 104), so_far=49),
        ),
    ),
)
