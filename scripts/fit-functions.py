"""Writes src/kernel/functions/coefficients.ts: python3 scripts/fit-functions.py (needs mpmath).

Each polynomial is fitted in 50 digits at Chebyshev nodes and rounded once; the largest relative error that remains is
printed, and is about 1e-13. A coefficient list is from the constant term up.
"""

import os
import textwrap
from mpmath import cos, erf, exp, expm1, floor, log, lu_solve, matrix, mp, mpf, nstr, pi, sin, sqrt

mp.dps = 50


def nodes(low, high, count):
    return [(low + high) / 2 + (high - low) / 2 * cos(pi * (2 * i + 1) / (2 * count)) for i in range(count)]


def fit_quotient(f, low, high, p, q):
    """P / Q of degrees p and q with Q(0) = 1, equal to f at the nodes."""
    n = p + q + 1
    a, b = matrix(n, n), matrix(n, 1)
    for i, x in enumerate(nodes(low, high, n)):
        b[i] = f(x)
        for j in range(p + 1):
            a[i, j] = x**j
        for j in range(1, q + 1):
            a[i, p + j] = -b[i] * x**j
    solution = [float(c) for c in lu_solve(a, b)]
    return solution[: p + 1], [1.0] + solution[p + 1 :]


def fit(f, low, high, degree):
    return fit_quotient(f, low, high, degree, 0)[0]


def horner(coefficients, x):
    total = mpf(0)
    for c in reversed(coefficients):
        total = total * x + c
    return total


def report(what, approximation, exact, low, high, count=2001):
    places = (low + (high - low) * i / (count - 1) for i in range(count))
    worst = max(abs(approximation(x) / exact(x) - 1) for x in places if exact(x) != 0)
    print(f"{what}: {nstr(worst, 3)}")


wider = mpf("1.0001")
tiny = mpf(10) ** -10

# (e^r - 1) / r for |r| <= log(2) / 2
half = log(2) / 2 * wider
exponential = fit(lambda r: expm1(r) / r, -half, half, 8)
report("exp", lambda r: 1 + r * horner(exponential, r), exp, -half, half)
report("expm1", lambda r: r * horner(exponential, r), expm1, -half, half)

# log m = s (2 + z L(z)) with s = (m - 1) / (m + 1), z = s^2, for sqrt(1/2) <= m <= sqrt(2)
most = ((sqrt(2) - 1) / (sqrt(2) + 1) * wider) ** 2
quotient = lambda z: log((1 + sqrt(z)) / (1 - sqrt(z))) / sqrt(z)
logarithm = fit(lambda z: (quotient(z) - 2) / z, mpf(0), most, 5)
report("log", lambda z: 2 + z * horner(logarithm, z), quotient, tiny, most)

# sin r = r (1 + z S(z)) and cos r = 1 + z C(z) with z = r^2, for |r| <= pi / 4
most = (pi / 4 * wider) ** 2
sine = fit(lambda z: (sin(sqrt(z)) / sqrt(z) - 1) / z, mpf(0), most, 4)
report("sin", lambda z: 1 + z * horner(sine, z), lambda z: sin(sqrt(z)) / sqrt(z), tiny, most)
cosine = fit(lambda z: (cos(sqrt(z)) - 1) / z, mpf(0), most, 5)
report("cos", lambda z: 1 + z * horner(cosine, z), lambda z: cos(sqrt(z)), tiny, most)

# erf a = a P(z) / Q(z) with z = a^2, for a <= 3.96, beyond which it is 1 in float32
most = mpf("15.7")
ratio = lambda z: erf(sqrt(z)) / sqrt(z)
upper, lower = fit_quotient(ratio, mpf(0), most, 10, 10)
report("erf", lambda z: horner(upper, z) / horner(lower, z), ratio, tiny, most)


def part(v, bits):
    """The first bits of v, cut off."""
    step = mpf(2) ** (floor(log(v, 2)) + 1 - bits)
    return floor(v / step) * step


first = part(pi / 2, 30)
second = part(pi / 2 - first, 30)
parts = [float(first), float(second), float(pi / 2 - first - second)]
assert mpf(parts[0]) == first and mpf(parts[1]) == second

# The bits of 2 / pi that a float32 of any size can reach: 105 before the 4 parts of 29 bits.
fraction = 224
mp.dps = 120
digits = f"{int(floor(2 / pi * mpf(2) ** fraction)):x}"


def literal(value):
    return repr(value).replace("e-0", "e-").removesuffix(".0")


def constant(comment, name, values):
    text = ", ".join(literal(v) for v in values)
    line = f"export const {name}: Coefficients = [{text}]"
    if len(line) > 120:
        filled = textwrap.fill(text, 120, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)
        line = f"export const {name}: Coefficients = [\n{filled}\n]"
    return f"/** {comment} */\n{line}\n"


file = "\n".join(
    [
        "/** The coefficients of the functions, made by scripts/fit-functions.py: change that, not this file. */\n\n"
        "/** From the constant term up. */\ntype Coefficients = readonly number[]\n",
        constant("(e^r - 1) / r for |r| <= log(2) / 2.", "exponential", exponential),
        constant("(log(m) / s - 2) / z with s = (m - 1) / (m + 1), z = s^2.", "logarithm", logarithm),
        constant("(sin(r) / r - 1) / z with z = r^2, for |r| <= pi / 4.", "sine", sine),
        constant("(cos(r) - 1) / z.", "cosine", cosine),
        constant("The numerator of erf(a) / a in z = a^2, for a <= 3.96.", "erfNumerator", upper),
        constant("Its denominator.", "erfDenominator", lower),
        constant("pi / 2 in three parts, the first two of 30 bits.", "halfPi", parts),
        f"/** The {fraction} bits of 2 / pi after the point. */\nexport const twoOverPi = '{digits}'\n",
    ]
)
home = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
with open(os.path.join(home, "src/kernel/functions/coefficients.ts"), "w") as out:
    out.write(file)
