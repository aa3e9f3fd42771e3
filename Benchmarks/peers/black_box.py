"""Evaluations to the optimum: `discrete optimize` beside Nevergrad, Optuna and cmaes, at equal budgets.

Each problem is minimized from several seeds. For each method: how many seeds reach the optimum, the median of the evaluations that
they take, and the median of the best values of all seeds. The peers have no search over orders: Nevergrad sorts numbers, Optuna and
CatCMA choose each item among those that are left.
"""

import argparse
import json
import math
import os
import statistics
import subprocess
import tempfile
import warnings

import numpy

SOURCES = os.path.join(os.path.dirname(__file__), "..", "..")
SHIPPED = os.path.join(SOURCES, "Examples", "Problems")


class Reached(Exception):
    """The optimum was found, or the budget is spent."""


class Counted:
    """A cost that counts its calls and stops at the optimum."""

    def __init__(self, problem, budget):
        self.problem, self.left = problem, budget
        self.calls, self.best = 0, math.inf

    def __call__(self, point):
        self.calls += 1
        self.left -= 1
        value = float(self.problem.cost(point))
        self.best = min(self.best, value)
        if self.best <= self.problem.optimum or self.left == 0:
            raise Reached
        return value


class Problem:
    """A cost of bits or of an order, its optimum, and how the command is told of it."""

    def __init__(self, name, size, is_order, cost, optimum, arguments, sign=1):
        self.name, self.size, self.is_order, self.cost = name, size, is_order, cost
        self.optimum, self.arguments, self.sign = optimum, arguments, sign


def problems(folder, election):
    def labs(bits):
        spins = 2 * numpy.array(bits) - 1
        return sum(int(spins[:-lag] @ spins[lag:]) ** 2 for lag in range(1, len(spins)))

    yield Problem("OneMax 40", 40, False, lambda b: -sum(b), -40, ["--bits", "40", "--problem", "onemax"], -1)
    yield Problem(
        "LeadingOnes 30", 30, False, lambda b: -(list(b) + [0]).index(0), -30, ["--bits", "30", "--problem", "leading-ones"], -1)
    yield Problem("LABS 20", 20, False, labs, 26, ["--bits", "20", "--problem", "labs"])

    generator = numpy.random.default_rng(1)
    nodes = 20
    edges = [(i, j) for i in range(nodes) for j in range(i) if generator.random() < 0.5]
    path = os.path.join(folder, "graph.txt")
    with open(path, "w") as file:
        file.write(f"{nodes} {len(edges)}\n" + "".join(f"{i + 1} {j + 1} 1\n" for i, j in edges))
    yield Problem(
        "MaxCut 20", nodes, False, lambda b: -sum(b[i] != b[j] for i, j in edges),
        -best_of_bits(nodes, [((i, j), None) for i, j in edges]), ["--problem", f"maxcut:{path}"], -1)

    clauses = []
    for _ in range(120):
        chosen = generator.choice(20, 3, replace=False)
        clauses.append([(int(v), bool(generator.integers(2))) for v in chosen])
    path = os.path.join(folder, "clauses.cnf")
    with open(path, "w") as file:
        file.write("p cnf 20 120\n")
        file.writelines(" ".join(str(v + 1 if sign else -v - 1) for v, sign in clause) + " 0\n" for clause in clauses)
    yield Problem(
        "MaxSAT 20", 20, False, lambda b: sum(all(bool(b[v]) != sign for v, sign in clause) for clause in clauses),
        best_of_bits(20, [(None, clause) for clause in clauses]), ["--problem", f"maxsat:{path}"])

    path = os.path.join(SHIPPED, "nug12.dat")
    with open(path) as file:
        numbers = [float(word) for word in file.read().split()]
    distances = numpy.array(numbers[1:145]).reshape(12, 12)
    flows = numpy.array(numbers[145:]).reshape(12, 12)
    yield Problem(
        "nug12", 12, True, lambda p: (distances * flows[numpy.ix_(p, p)]).sum(), 578, ["--problem", f"qap:{path}"])

    path = os.path.join(SHIPPED, "burma14.tsp")
    with open(path) as file:
        rows = [line.split() for line in file if line.strip()[0].isdigit()]
    trips = trip_lengths([(float(x), float(y)) for _, x, y in rows])
    yield Problem(
        "burma14", 14, True, lambda p: sum(trips[p[i - 1]][p[i]] for i in range(14)), 3323, ["--problem", f"tsp:{path}"])

    if election is None:
        return
    wins = pairwise(election)
    yield Problem(
        f"Kemeny {len(wins)}", len(wins), True,
        lambda p: sum(wins[p[j]][p[i]] for i in range(len(p)) for j in range(i + 1, len(p))), kemeny(wins),
        ["--problem", f"kemeny:{election}"])


def best_of_bits(count, terms):
    """The largest cut or the fewest broken clauses, by enumeration."""
    points = numpy.arange(1 << count, dtype=numpy.uint32)
    bits = [(points >> i) & 1 == 1 for i in range(count)]
    total = numpy.zeros(len(points), dtype=numpy.int32)
    for edge, clause in terms:
        total += bits[edge[0]] != bits[edge[1]] if edge else numpy.logical_and.reduce([bits[v] != sign for v, sign in clause])
    return int(total.max() if terms[0][0] else total.min())


def trip_lengths(places):
    def radians(value):
        degrees = int(value)
        return 3.141592 * (degrees + 5 * (value - degrees) / 3) / 180

    def length(a, b):
        (x, y), (z, w) = [tuple(map(radians, place)) for place in (a, b)]
        q = math.cos(y - w), math.cos(x - z), math.cos(x + z)
        return int(6378.388 * math.acos(0.5 * ((1 + q[0]) * q[1] - (1 - q[0]) * q[2])) + 1)

    return [[0 if a == b else length(a, b) for b in places] for a in places]


def pairwise(path):
    """How many voters of strict and whole orders prefer an item, in rows, to another."""
    with open(path) as file:
        orders = [line.split(":") for line in file if not line.startswith("#")]
    orders = [(int(count), [int(item) - 1 for item in order.split(",")]) for count, order in orders]
    wins = numpy.zeros((len(orders[0][1]),) * 2, dtype=int)
    for count, order in orders:
        for place, item in enumerate(order):
            wins[item, order[place + 1:]] += count
    return wins.tolist()


def kemeny(wins):
    """The fewest disagreements, over the sets of items that stand in front."""
    count = len(wins)
    best = [0] + [math.inf] * ((1 << count) - 1)
    for front in range(1 << count):
        for item in range(count):
            if not front >> item & 1:
                price = sum(wins[other][item] for other in range(count) if not front >> other & 1 and other != item)
                best[front | 1 << item] = min(best[front | 1 << item], best[front] + price)
    return best[-1]


def order_of(choices):
    """The order whose items were chosen among those that were left."""
    rest = list(range(len(choices)))
    return [rest.pop(choice) for choice in choices]


def nevergrad(name):
    def search(problem, cost, seed, budget):
        import nevergrad

        if problem.is_order:
            parametrization = nevergrad.p.Array(shape=(problem.size,))
        else:
            parametrization = nevergrad.p.TransitionChoice([0, 1], repetitions=problem.size)
        parametrization.random_state.seed(seed)
        optimizer = nevergrad.optimizers.registry[name](parametrization=parametrization, budget=budget)
        while True:
            candidate = optimizer.ask()
            value = candidate.value
            optimizer.tell(candidate, cost(numpy.argsort(value).tolist() if problem.is_order else value))

    return search


def optuna_tpe(problem, cost, seed, budget):
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=seed))

    def objective(trial):
        if problem.is_order:
            return cost(order_of([trial.suggest_int(f"x{i}", 0, problem.size - 1 - i) for i in range(problem.size)]))
        return cost([trial.suggest_categorical(f"x{i}", [0, 1]) for i in range(problem.size)])

    study.optimize(objective, n_trials=budget)


def cat_cma(problem, cost, seed, budget):
    from cmaes import CatCMA

    numbers = [problem.size - i for i in range(problem.size - 1)] if problem.is_order else [2] * problem.size
    while True:
        # It cannot be without two numbers, which count for nothing here; where it ends it begins again.
        optimizer = CatCMA(mean=numpy.zeros(2), sigma=1.0, cat_num=numpy.array(numbers), seed=seed)
        seed += 1000
        while not optimizer.should_stop():
            solutions = []
            for _ in range(optimizer.population_size):
                x, c = optimizer.ask()
                choices = numpy.argmax(c, axis=1).tolist()
                solutions.append(((x, c), cost(order_of(choices + [0]) if problem.is_order else choices)))
            optimizer.tell(solutions)


PEERS = {
    "Nevergrad PortfolioDiscreteOnePlusOne": nevergrad("PortfolioDiscreteOnePlusOne"),
    "Nevergrad DiscreteLenglerOnePlusOne": nevergrad("DiscreteLenglerOnePlusOne"),
    "cmaes CatCMA": cat_cma,
    "Optuna TPE": optuna_tpe,
}
OURS = ["local", "evolution", "annealing", "reinforce", "auto", "random"]


def peer(method, problem, seed, budget):
    cost = Counted(problem, budget)
    try:
        PEERS[method](problem, cost, seed, budget)
    except Reached:
        pass
    return cost.calls, cost.best


def ours(command, method, problem, seed, budget, folder):
    run = os.path.join(folder, "run")
    output = subprocess.run(
        [command, "optimize", *problem.arguments, "--method", method, "--seed", str(seed), "--budget", str(budget), "--quiet",
         "--target", str(problem.sign * problem.optimum), "--out", run, "--json"], check=True, capture_output=True, text=True).stdout
    subprocess.run(["rm", "-r", run], check=True)
    result = json.loads(output.splitlines()[-1])
    return result["evaluations"], problem.sign * result["best"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--budget", type=int, default=1000)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--command", help="the command discrete; without it the peers alone")
    parser.add_argument("--election", help="a file of PrefLib of strict and whole orders, for Kemeny's problem")
    parser.add_argument("--no-peers", action="store_true", help="the command alone")
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    with tempfile.TemporaryDirectory() as folder:
        for problem in problems(folder, options.election):
            print(f"\n{problem.name}, optimum {problem.sign * problem.optimum}\n")
            print("| method | seeds at the optimum | evaluations | best |\n| --- | --- | --- | --- |")
            methods = (OURS if options.command else []) + ([] if options.no_peers else list(PEERS))
            for method in methods:
                runs = [
                    ours(options.command, method, problem, seed, options.budget, folder) if method in OURS
                    else peer(method, problem, seed, options.budget) for seed in range(1, options.seeds + 1)]
                reached = [calls for calls, best in runs if best <= problem.optimum]
                median = f"{statistics.median(reached):g}" if reached else "-"
                best = problem.sign * statistics.median(best for _, best in runs)
                print(f"| `{method}` | {len(reached)} of {options.seeds} | {median} | {best:g} |", flush=True)


if __name__ == "__main__":
    main()
