"""Makes the tables beside this file, with mpmath at 400 bits: python3 generate.py, then prettier --write *.ts

A row is [argument, ..., high, low]: high is the exact value rounded to float64 and low the rest of it, so that the error of an
approximation can be given in fractions of an ulp. The arguments are a fixed grid, the edges of the intervals on which the approximations
change (with both neighbouring float64), and the worst cases of sweeps over some 10^4 random points an interval. Below 0 the gamma
family is brought above 0 by its recurrence, which the library does not use there.
"""

import math
from pathlib import Path

import mpmath as m
from mpmath import mpf

m.mp.prec = 400


# --- writing -----------------------------------------------------------------------------------------------------------


def literal(x):
    text = repr(x).replace('inf', 'Infinity')
    return text[:-2] if text.endswith('.0') else text


def table(name, comment, arguments, f):
    rows = []
    for given in arguments:
        given = tuple(float(x) for x in (given if isinstance(given, tuple) else (given,)))
        value = f(*(mpf(x) for x in given))
        high = float(value)
        rows.append([*given, high, float(value - mpf(high))])
    body = ',\n'.join('  [' + ', '.join(literal(x) for x in r) + ']' for r in rows)
    kind = f'readonly [{", ".join(["number"] * len(rows[0]))}]'
    return f'/** {comment} */\nexport const {name}: ReadonlyArray<{kind}> = [\n{body}\n]\n'


def write(file, *tables):
    head = '// Made by generate.py with mpmath at 400 bits: [argument, ..., value rounded to float64, the rest of it].\n\n'
    (Path(__file__).parent / file).write_text(head + '\n'.join(tables))


def around(*points):
    return [y for x in points for y in (math.nextafter(x, -math.inf), float(x), math.nextafter(x, math.inf))]


def both(*points):
    return [s * x for x in points for s in (1, -1)]


# --- functions that mpmath does not have in this form ------------------------------------------------------------------


def erf_inverse(x):
    y = m.erfinv(x)
    assert abs(m.erf(y) - x) <= mpf(2) ** -350 * abs(x)
    return y


def log_gamma(x):
    value = mpf(0)
    while x < 0.5:
        value -= m.log(abs(x))
        x += 1
    return value + m.loggamma(x)


def polygamma(n, x):
    n = int(n)
    value = mpf(0)
    while x < 0.5:
        value -= (-1) ** n * m.factorial(n) / x ** (n + 1)
        x += 1
    return value + m.psi(n, x)


def log_add_exp(x, y):
    return max(x, y) + m.log1p(m.exp(-abs(x - y)))


# --- tables ------------------------------------------------------------------------------------------------------------

write(
    'erf.ts',
    table('erfTable', 'erf(x)', [
        *both(5e-324, 1e-300, 1e-20, 1e-5, 0.01, 0.1, 0.2, 0.3, 0.4, 0.75, 1.3, 2.2, 3.7, 4.5, 5.8),
        *around(0.46875, 0.5, 1, 2, 4, 6), 0.49, 0.52, 0.580094502627755, 0.642338548105101, 0.5160104753518316, -0.7197657435374873, -0.528503214934386,
    ], m.erf),
    table('erfcTable', 'erfc(x), down to the smallest subnormal', [
        *both(1e-20, 0.01, 0.1, 0.3, 0.45, 0.7, 1.5, 2.7, 5.5), *around(0.46875, 0.5, 1, 2, 4, 6, 26),
        0.5045310697443053, 0.5779878933300104, 1.776165823864624, 2.044326957502476, 2.7203968601023787, 3.3, 4.852251543028725,
        8.498790892572362, 1.9378834817036255, 26.230038888874624, 10, 12.991630778584266, 15, 17.385521744496927, 20, 24, 26.162941865481763,
        26.4, 26.54, 26.6, 26.8, 27, 27.1, 27.2, 27.22, 27.226,
    ], m.erfc),
    table('erfInvTable', 'the inverse of erf at x', [
        *both(5e-324, 1e-300, 1e-10, 0.01, 0.1, 0.25, 0.5, 0.7, 0.8, 0.9, 0.97, 0.99), *around(0.85), -0.8409717730426052,
        0.9699179099779094, 0.9707125465684502, 0.967673060144268, 0.9800261734641964, 0.9769982697215914, 0.999, 0.99999, 1 - 1e-8,
        1 - 2.7e-11, 1 - 2.8e-11, 1 - 1e-13, 1 - 2**-52, 1 - 2**-53,
    ], erf_inverse),
)

NEGATIVE = [
    -1e-300, -1e-17, -1e-8, -0.01, -0.1333306243257646, -0.25, -0.49, *around(-0.5), -0.5040830082644554, -0.75, -0.99, -0.9984571107123092,
    -1.01, -1.4777678075434784, -1.5, -1.573498473162391, -1.9999, -2.25, -2.4570247382208, -2.5, -2.610720868444145, -2.7476826467274127, -2.999,
    -3.1435808883499, -4.5, -5.086517573691552, -10.5, -15.392760090281886, -25.25, -66.123, -99.5, -122.86613715125284, -170.7,
]

# The zeros of log |Gamma(x)| between the poles below 0, rounded to float64; the later ones are closer to the poles than float64 can tell.
ROOTS = [
    -2.4570247382208006, -2.7476826467274127, -3.14358088834998, -3.955294284858598, -4.039361839740537,
    -4.991544640560048, -5.0082181683225935, -5.998607480080875, -6.001385294453155, -6.999801507890638,
    -7.000198333407325, -7.999975197095821, -8.000024800270682, -8.999997244250977, -9.000002755714823, -9.99999972442663,
    -10.000000275573013, -10.99999997494789, -11.000000025052106, -11.999999997912324, -12.000000002087676,
    -12.99999999983941, -13.00000000016059, -13.99999999998853, -14.00000000001147, -14.999999999999236,
    -15.000000000000764,
]

write(
    'gamma.ts',
    table('lgammaTable', 'log Gamma(x) for x > 0', [
        5e-324, 1e-300, 1e-20, 1e-8, 0.01, 0.1, 0.25, 0.34012553646815713, *around(0.5, 0.6796875, 1, 1.5, 2, 3, 4, 8),
        0.5742160536185908, 0.709, 0.8, 1.2678421763373091, 0.999, 1 - 1e-10, 1 + 1e-10, 1.001, 1.1, 1.25, 1.4616321449683622, 1.4886677083132889, 1.75, 1.999,
        2 - 1e-10, 2 + 1e-10, 2.001, 2.3, 2.7, 3.5, 4.7, 5.5, 6.5, 7.5, 9, 10, 11.326, 12, 16.968986289630607, 25, 50, 100, 171.6, 1e3,
        1e5, 922551.6987988057, 1e10, 1e50, 1e100, 1e300, 2.5e305,
    ], log_gamma),
    table('lgammaNegativeTable', 'log |Gamma(x)| for x < 0', NEGATIVE, log_gamma),
    table('lgammaZeroTable', 'log |Gamma(x)| at its zeros below 0 and beside them', [
        x for root in ROOTS for x in (root, root * (1 + 1e-6), root * (1 - 1e-3))
    ], log_gamma),
    table('digammaTable', 'digamma(x) for x > 0', [
        1e-300, 1e-20, 1e-8, 0.01, 0.1, 0.25, 0.4, 0.49733161178540997, *around(0.5, 1, 1.4616321449683622, 2, 3), 0.75, 1.2, 1.4, 1.46, 1.47,
        1.595761417518265, 1.597476535471847, 1.7466329398234677, 2.3, 2.7, 3.023126044717592, 3.5, 5, 8, 12, 47.211004995365016,
        100, 1e3, 1e6, 1e10, 1e100, 1e300,
    ], lambda x: polygamma(0, x)),
    table('digammaNegativeTable', 'digamma(x) for x < 0', NEGATIVE, lambda x: polygamma(0, x)),
    table('trigammaTable', 'trigamma(x) for x > 0', [
        1e-150, 1e-20, 1e-8, 0.01, 0.1, 0.25, 0.2621381145386324, 0.379486729178514, *around(0.5, 1, 2, 3, 7, 8), 1.4582473275622534, 2.5, 4.5,
        4.837808513171896, 5.456738024493009, 5.348033740290556, 6.5, 8.627996394130012, 10, 20, 100, 1e3, 1e6, 1e10, 1e100, 1e300,
    ], lambda x: polygamma(1, x)),
    table('trigammaNegativeTable', 'trigamma(x) for x < 0', [
        x for x in NEGATIVE if x < -1e-150] + [-0.7200217764329828, -15.189939625417798, -0.19228372206405342], lambda x: polygamma(1, x)),
)

write(
    'polygamma.ts',
    table('polygammaTable', 'polygamma(n, x) for x > 0', [
        (n, x) for n in (2, 3, 4, 5, 8, 20, 60, 170) for x in (0.01, 0.5, 1, 1.4616321449683622, 3.7, 8, 15.992688109907709, 30, 127.12, 1000.5, 51870.35, n + 11.5)
        if 1e-300 < abs(polygamma(n, mpf(x))) < 1e300
    ], polygamma),
    table('polygammaNegativeTable', 'polygamma(n, x) for x < 0', [
        (n, x) for n in (2, 3, 4, 5, 8, 20, 61) for x in (-0.01, -0.25, -0.5, -0.9, -1.5, -2.4999, -2.75, -7.3, -40.5, -99.9)
        if abs(polygamma(n, mpf(x))) < 1e300
    ], polygamma),
)

LOGISTIC = [
    0, *both(5e-324, 1e-300, 1e-20, 1e-8, 0.01, 0.1, 0.5, 1, 1.1192022532628076, 1.36540631642346, 1.8723680052443221, 3, 5, 10, 16.690624091107402,
             24.43835404204604, 36.7, 36.8, 37, 50, 100, 300, 350, 700, 708, 740), -0.44774593208736313, 1.2619962266976117,
    -3.460715091201827, -5.537926169881544, -1.7107660968770233,
]

write(
    'logistic.ts',
    table('sigmoidTable', '1 / (1 + exp(-x))', LOGISTIC, lambda x: 1 / (1 + m.exp(-x))),
    table('sigmoidDerivativeTable', '1 / (2 + exp(x) + exp(-x))', LOGISTIC, lambda x: 1 / (2 + m.exp(x) + m.exp(-x))),
    table('tanhDerivativeTable', '1 / cosh(x)^2', [x for x in LOGISTIC if abs(x) <= 350], lambda x: m.sech(x) ** 2),
    table('softplusTable', 'log(1 + exp(x))', [*LOGISTIC, 1000, 1e300], lambda x: max(x, 0) + m.log1p(m.exp(-abs(x)))),
    table('logAddExpTable', 'log(exp(x) + exp(y))', [
        (0, 0), (1, 2), (-1, 1), (-0.6931471805599453, -0.6931471805599453), (1000, 1000), (1000, 1001), (-1000, -1001), (0, -40), (-745, 0), (1e300, -1e300),
        (0.1, 0.3), (1.8175366281882521, 1.1329403134884397), (0.14468397461916283, 0.14468399995399644), (-3, -0.05),
    ], log_add_exp),
    table('xlogyTable', 'x log y', [
        (x, y) for x in (-3, 0.1, 0.9431376894964298, 1e-300, 1e200) for y in (5e-324, 1e-10, 0.3, 1, 1.0000000000000002, 2.727224066577602, 1e300)
        if y != 1 and abs(x * m.log(y)) > 1e-305
    ], lambda x, y: x * m.log(y)),
)

write(
    'power.ts',
    table('rsqrtTable', '1 / sqrt(x)', [5e-324, 1e-300, 0.3, 1.010150404222931, 1.0811937053910685, 2, 3, 1.759559565362008e69, 1e300], lambda x: 1 / m.sqrt(x)),
    table('cbrtTable', 'the cube root', [*both(5e-324, 1e-300, 0.3, 1, 2, 4.1599988069612825, 27, 3.1361242704653585e-292, 1e300)], lambda x: m.sign(x) * m.cbrt(abs(x))),
    table('hypotTable', 'sqrt(x^2 + y^2)', [
        (3, 4), (1, 1), (5e-324, 5e-324), (1e-200, 1e-200), (1e-160, 1e-150), (1e200, 1e200), (1e308, 1e308), (1e154, 1e154), (1, 1e-300), (1e-308, 2e-308),
        (1.1708744045085044, 1.491707440731913), (4.729912791310987e-306, 8.28372582961685e-306), (5.149302579046419e302, 6.381988202846624e301), (-3, 0.1),
    ], m.hypot),
    table('powTable', 'x to the power y', [
        (2, 10), (2, 0.5), (10, -5), (0.3, 0.7), (-2, 3), (-1.5, -7), (1.0005, 1e5), (0.9995, 1e5), (1.756957276181822, -9.172130531132328),
        (11539357.537759386, 3.9014317648041263), (5.380224552601509e23, 7.681899519879952), (1.0004989662247772, -56271.12676158515), (3.7, 2), (1e-160, 1.9),
    ], m.power),
)

UNIT = [*both(1e-12, 0.001, 0.23240853969384156, 0.41704285309012334, 0.4640948270415195, 0.6972024347489825), 0.999999]
REAL = [*UNIT, *both(1.1, 1.769956736730133, 7, 43.05082626288049, 700)]
POSITIVE = [x for x in REAL if x > 0] + [1e-300, 0.633219006755677, 1.753471149889436, 1e300]


def tables(*named):
    return (table(f'{name}Table', f'{name}(x)', points, f) for name, points, f in named)


write('elementary.ts', *tables(
    ('exp', REAL, m.exp), ('log', POSITIVE, m.log), ('log2', POSITIVE, lambda x: m.log(x) / m.log(2)), ('log10', POSITIVE, m.log10),
    ('sin', REAL, m.sin), ('cos', REAL, m.cos), ('tan', REAL, m.tan), ('asin', UNIT, m.asin), ('acos', UNIT, m.acos), ('atan', REAL, m.atan),
))

write('hyperbolic.ts', *tables(
    ('expm1', REAL, m.expm1), ('log1p', [x for x in REAL if x > -1], m.log1p), ('sinh', REAL, m.sinh), ('cosh', REAL, m.cosh), ('tanh', REAL, m.tanh),
    ('asinh', REAL, m.asinh), ('acosh', [1 + x for x in REAL if x > 0] + [1.0282122083935321, 1.0268483132247768, 1e300], m.acosh), ('atanh', UNIT, m.atanh),
))
