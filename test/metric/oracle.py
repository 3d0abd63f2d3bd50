"""Writes oracle.json: metrics by scikit-learn (1.9) and sacreBLEU (2.6), for oracle.test.ts. Run: python3 test/metric/oracle.py"""
import json
import os
import warnings
import numpy as np
import sacrebleu
from sklearn import metrics

warnings.filterwarnings('ignore')
random = np.random.default_rng(0)
cases = []


def case(metric, value, arguments, options=None, maker=True):
    plain = [x.tolist() if isinstance(x, np.ndarray) else x for x in arguments]
    cases.append({'metric': metric, 'options': options or {}, 'maker': maker, 'arguments': plain, 'value': value})


for classes, rows in [(2, 12), (4, 20), (5, 7)]:
    scores = random.integers(0, 6, (rows, classes)) / 4
    labels = random.integers(0, classes, rows)
    predicted = scores.argmax(1)
    both = [scores, labels]
    case('accuracy', metrics.accuracy_score(labels, predicted), both, maker=False)
    for average in ['macro', 'micro', 'weighted']:
        for zero in [0, 1]:
            options = {'average': average, 'zeroDivision': zero}
            given = {'average': average, 'zero_division': zero, 'labels': range(classes)}
            case('precision', metrics.precision_score(labels, predicted, **given), both, options)
            case('recall', metrics.recall_score(labels, predicted, **given), both, options)
            case('f1', metrics.f1_score(labels, predicted, **given), both, options)
    probabilities = np.exp(scores) / np.exp(scores).sum(1, keepdims=True)
    case('logLoss', metrics.log_loss(labels, probabilities, labels=range(classes)), [probabilities, labels], maker=False)
    bins = 5
    confidence, hits = probabilities.max(1), predicted == labels
    places = np.searchsorted(np.linspace(0, 1, bins + 1)[1:-1], confidence)
    gaps = [abs(hits[places == b].mean() - confidence[places == b].mean()) * (places == b).mean() for b in set(places)]
    case('calibrationError', float(sum(gaps)), [probabilities, labels], {'bins': bins})

for rows, levels in [(10, 4), (30, 100), (50, 8)]:
    scores, labels = random.integers(0, levels, rows) / 8, random.integers(0, 2, rows)
    case('rocAuc', metrics.roc_auc_score(labels, scores), [scores, labels], maker=False)
    case('averagePrecision', metrics.average_precision_score(labels, scores), [scores, labels], maker=False)

for shape in [(9,), (8, 3)]:
    right = random.integers(-50, 50, shape) / 8
    predicted = right + random.integers(-9, 9, shape) / 8
    both = [predicted, right]
    case('mae', metrics.mean_absolute_error(right, predicted), both, maker=False)
    case('mse', metrics.mean_squared_error(right, predicted), both, maker=False)
    case('rmse', metrics.mean_squared_error(right, predicted) ** 0.5, both, maker=False)
    case('r2', metrics.r2_score(right, predicted), both, maker=False)
constant = np.ones(4)
case('r2', metrics.r2_score(constant, constant), [constant, constant], maker=False)
case('r2', metrics.r2_score(constant, constant + 1), [constant + 1, constant], maker=False)

candidates = ['the cat sat on the mat today', 'a dog runs', 'it is a truth universally acknowledged']
first = ['the cat is on the mat today', 'the dog runs away', 'it is a truth universally known']
second = ['there is a cat on the mat today', 'a dog is running', 'this is the truth universally acknowledged']
for order, smoothing, name in [(2, 'none', 'none'), (4, 'none', 'none'), (4, 'add-k', 'addOne'), (4, 'exp', 'exponential'), (6, 'exp', 'exponential')]:
    model = sacrebleu.BLEU(max_ngram_order=order, smooth_method=smoothing, smooth_value=1 if smoothing == 'add-k' else None, tokenize='none')
    for corpus in [3, 1]:
        value = model.corpus_score(candidates[:corpus], [first[:corpus], second[:corpus]]).score / 100
        pairs = [[a.split(), b.split()] for a, b in zip(first, second)]
        case('bleu', value, [[x.split() for x in candidates[:corpus]], pairs[:corpus]], {'order': order, 'smoothing': name})

own = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'oracle.json')
with open(os.environ.get('FIXTURE', own), 'w') as file:
    file.write('[\n' + ',\n'.join(json.dumps(each) for each in cases) + '\n]\n')
print(len(cases), 'cases')
