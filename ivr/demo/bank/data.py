"""The invented data of the demo bank: customers, transactions and branches. Must not use storage or HTTP."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True)
class Transaction:
    """A transaction. Its date counts days before today, so that it stays recent; `amount` is signed, in yuan."""

    days_ago: int
    amount: Decimal
    text: str
    text_en: str


@dataclass(frozen=True)
class CreditCard:
    """A credit card with its last bill, in yuan. The bill is due on the next `due_day` of a month."""

    tail: str
    bill: Decimal
    minimum: Decimal
    due_day: int
    limit: Decimal


@dataclass(frozen=True)
class TransferLimits:
    """The limits of transfers by telephone, and the sum of today, in yuan."""

    per_transfer: Decimal
    per_day: Decimal
    used_today: Decimal


@dataclass(frozen=True)
class Customer:
    """A customer with one bank card, and a credit card or none. Identity number, card and PIN are not in repr."""

    key: str
    number: str
    name: str
    segment: str
    born: str
    id_number: str = field(repr=False)
    card: str = field(repr=False)
    pin: str = field(repr=False)
    balance: Decimal
    transactions: tuple[Transaction, ...]
    limits: TransferLimits
    credit_card: CreditCard | None = None
    lost: str = ""
    """Reference of the loss report; empty unless the card was reported lost."""


@dataclass(frozen=True)
class BranchOffice:
    """A branch. Its telephone number cannot exist, since no subscriber number begins with 0."""

    city: str
    city_en: str
    area_code: str
    name: str
    name_en: str
    address: str
    address_en: str
    opens: str
    closes: str
    weekend: bool
    phone: str


def _booked(*rows: tuple[int, str, str, str]) -> tuple[Transaction, ...]:
    return tuple(Transaction(days, Decimal(amount), text, text_en) for days, amount, text, text_en in rows)


def _credit(tail: str, bill: str, minimum: str, due_day: int, limit: str) -> CreditCard:
    return CreditCard(tail, Decimal(bill), Decimal(minimum), due_day, Decimal(limit))


def _limits(per_transfer: str, per_day: str, used_today: str) -> TransferLimits:
    return TransferLimits(Decimal(per_transfer), Decimal(per_day), Decimal(used_today))


CUSTOMERS = (
    Customer(
        key="C0001",
        number="+8613800000001",
        name="张伟",
        segment="standard",
        born="1988-03-07",
        id_number="110101198803071018",
        card="6217000000001000128",
        pin="135790",
        balance=Decimal("12345.67"),
        transactions=_booked(
            (1, "-36.50", "餐饮消费", "Restaurant"),
            (3, "-128.00", "手机话费", "Mobile phone bill"),
            (6, "8600.00", "工资", "Salary"),
            (9, "-2500.00", "房租", "Rent"),
            (12, "-315.20", "网上购物", "Online shopping"),
            (20, "500.00", "转账", "Transfer"),
            (27, "-89.90", "水费", "Water bill"),
            (31, "-3299.00", "家电消费", "Home appliances"),
            (36, "8600.00", "工资", "Salary"),
            (39, "-2500.00", "房租", "Rent"),
            (44, "-68.00", "电影票", "Cinema tickets"),
        ),
        limits=_limits("50000.00", "100000.00", "0.00"),
        credit_card=_credit("6613", "2468.50", "246.85", 25, "30000.00"),
    ),
    Customer(
        key="C0002",
        number="+8613800000002",
        name="李娜",
        segment="vip",
        born="1979-09-15",
        id_number="31010119790915202X",
        card="6217000000002000242",
        pin="246813",
        balance=Decimal("1888000.00"),
        transactions=_booked(
            (0, "-2680.00", "酒店消费", "Hotel"),
            (2, "500000.00", "理财到期", "Investment matured"),
            (5, "-23450.80", "信用卡还款", "Credit card payment"),
            (8, "-60000.00", "转账", "Transfer"),
            (15, "12800.00", "股息", "Dividend"),
            (21, "-9999.00", "珠宝消费", "Jewellery"),
            (26, "-3580.00", "机票", "Airline tickets"),
            (30, "36000.00", "工资", "Salary"),
            (33, "-500000.00", "购买理财", "Investment bought"),
            (35, "-18760.20", "信用卡还款", "Credit card payment"),
            (41, "-1200.00", "健身会费", "Gym membership"),
            (48, "200000.00", "转账", "Transfer"),
        ),
        limits=_limits("500000.00", "1000000.00", "20000.00"),
        credit_card=_credit("8826", "16280.35", "1628.04", 10, "200000.00"),
    ),
    Customer(
        key="C0003",
        number="+8613800000003",
        name="王秀英",
        segment="standard",
        born="1954-06-21",
        id_number="510107195406213034",
        card="6217000000003000365",
        pin="975310",
        balance=Decimal("3200.05"),
        transactions=_booked(
            (1, "-86.40", "药店消费", "Pharmacy"),
            (4, "2286.50", "养老金", "Pension"),
            (7, "-1000.00", "取款", "Cash withdrawal"),
            (10, "-152.30", "电费", "Electricity bill"),
            (13, "-63.20", "超市购物", "Supermarket"),
            (29, "1.37", "存款利息", "Interest"),
            (31, "-180.00", "药店消费", "Pharmacy"),
            (34, "2286.50", "养老金", "Pension"),
            (37, "-1000.00", "取款", "Cash withdrawal"),
            (40, "-48.60", "电话费", "Telephone bill"),
            (43, "-75.90", "超市购物", "Supermarket"),
            (46, "-120.00", "药店消费", "Pharmacy"),
        ),
        limits=_limits("5000.00", "10000.00", "0.00"),
        credit_card=_credit("3309", "186.40", "18.64", 18, "5000.00"),
    ),
    Customer(
        key="C0004",
        number="+8613800000004",
        name="陈静",
        segment="standard",
        born="1990-01-01",
        id_number="440305199001014043",
        card="6217000000004000489",
        pin="864209",
        balance=Decimal("0.00"),
        lost="25111001",
        transactions=_booked(
            (11, "-1520.00", "转账", "Transfer"),
            (12, "-200.00", "取款", "Cash withdrawal"),
            (14, "-45.60", "超市购物", "Supermarket"),
            (18, "-98.00", "交通卡充值", "Travel card top-up"),
            (25, "1800.00", "转账", "Transfer"),
            (32, "-1200.00", "房租", "Rent"),
            (35, "-150.00", "手机话费", "Mobile phone bill"),
            (38, "-36.40", "餐饮消费", "Restaurant"),
            (45, "-50.00", "交通卡充值", "Travel card top-up"),
            (47, "1500.00", "转账", "Transfer"),
            (53, "-72.30", "超市购物", "Supermarket"),
        ),
        limits=_limits("5000.00", "20000.00", "0.00"),
    ),
    Customer(
        key="C0005",
        number="+8613800000005",
        name="刘德福",
        segment="vip",
        born="1957-08-08",
        id_number="110101195708085055",
        card="6217000000005000504",
        pin="112358",
        balance=Decimal("560000.00"),
        transactions=_booked(
            (2, "-865.30", "医院", "Hospital"),
            (4, "9850.00", "养老金", "Pension"),
            (9, "50000.00", "定期存款到期", "Time deposit matured"),
            (16, "-12600.00", "旅行社", "Travel agency"),
            (22, "-5000.00", "取款", "Cash withdrawal"),
            (28, "-326.00", "药店消费", "Pharmacy"),
            (34, "9850.00", "养老金", "Pension"),
            (38, "-1580.00", "体检", "Health check"),
            (42, "-240.50", "燃气费", "Gas bill"),
            (49, "-3000.00", "转账", "Transfer"),
            (55, "100000.00", "定期存款到期", "Time deposit matured"),
        ),
        limits=_limits("50000.00", "200000.00", "0.00"),
        credit_card=_credit("5517", "4520.00", "452.00", 5, "100000.00"),
    ),
    Customer(
        key="C0006",
        number="+8613800000006",
        name="赵敏",
        segment="corporate",
        born="1985-06-12",
        id_number="320106198506126069",
        card="6217000000006000628",
        pin="314159",
        balance=Decimal("99000000.00"),
        transactions=_booked(
            (0, "3200000.00", "货款", "Payment for goods"),
            (3, "-1865400.00", "代发工资", "Payroll"),
            (5, "-742318.56", "税款", "Tax"),
            (10, "-5600000.00", "设备采购", "Equipment"),
            (17, "2480000.00", "货款", "Payment for goods"),
            (20, "-186250.00", "贷款利息", "Loan interest"),
            (24, "-96800.00", "厂房租金", "Factory rent"),
            (30, "5400000.00", "货款", "Payment for goods"),
            (33, "-1832900.00", "代发工资", "Payroll"),
            (36, "-688210.30", "税款", "Tax"),
            (43, "-1250000.00", "原料采购", "Raw materials"),
        ),
        limits=_limits("5000000.00", "20000000.00", "1250000.00"),
        credit_card=_credit("9068", "0.00", "0.00", 20, "1000000.00"),
    ),
)

BRANCHES = (
    BranchOffice(
        city="北京",
        city_en="Beijing",
        area_code="010",
        name="示范银行北京东城支行",
        name_en="Demo Bank Beijing Dongcheng Branch",
        address="北京市东城区示范大街1号",
        address_en="1 Shifan Avenue, Dongcheng District, Beijing",
        opens="09:00",
        closes="17:00",
        weekend=True,
        phone="01000000101",
    ),
    BranchOffice(
        city="北京",
        city_en="Beijing",
        area_code="010",
        name="示范银行北京海淀支行",
        name_en="Demo Bank Beijing Haidian Branch",
        address="北京市海淀区学苑东路26号",
        address_en="26 Xueyuan East Road, Haidian District, Beijing",
        opens="09:00",
        closes="17:00",
        weekend=False,
        phone="01000000102",
    ),
    BranchOffice(
        city="北京",
        city_en="Beijing",
        area_code="010",
        name="示范银行北京朝阳支行",
        name_en="Demo Bank Beijing Chaoyang Branch",
        address="北京市朝阳区样板路52号",
        address_en="52 Yangban Road, Chaoyang District, Beijing",
        opens="09:00",
        closes="17:30",
        weekend=True,
        phone="01000000103",
    ),
    BranchOffice(
        city="北京",
        city_en="Beijing",
        area_code="010",
        name="示范银行北京西城支行",
        name_en="Demo Bank Beijing Xicheng Branch",
        address="北京市西城区演示胡同3号",
        address_en="3 Yanshi Hutong, Xicheng District, Beijing",
        opens="09:00",
        closes="17:00",
        weekend=False,
        phone="01000000104",
    ),
    BranchOffice(
        city="上海",
        city_en="Shanghai",
        area_code="021",
        name="示范银行上海浦东支行",
        name_en="Demo Bank Shanghai Pudong Branch",
        address="上海市浦东新区示范路88号",
        address_en="88 Shifan Road, Pudong New Area, Shanghai",
        opens="09:00",
        closes="17:30",
        weekend=True,
        phone="02100000201",
    ),
    BranchOffice(
        city="上海",
        city_en="Shanghai",
        area_code="021",
        name="示范银行上海静安支行",
        name_en="Demo Bank Shanghai Jing'an Branch",
        address="上海市静安区样板街15号",
        address_en="15 Yangban Street, Jing'an District, Shanghai",
        opens="09:00",
        closes="17:00",
        weekend=False,
        phone="02100000202",
    ),
    BranchOffice(
        city="合肥",
        city_en="Hefei",
        area_code="0551",
        name="示范银行合肥包河支行",
        name_en="Demo Bank Hefei Baohe Branch",
        address="合肥市包河区演示路6号",
        address_en="6 Yanshi Road, Baohe District, Hefei",
        opens="08:30",
        closes="17:00",
        weekend=True,
        phone="055100000301",
    ),
)
