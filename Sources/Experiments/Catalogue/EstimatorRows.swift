import Formats
import Runs
import Stochastics
import Tensors

// The table: a name, a sentence, when to take it, the options, and what they make for which law. A
// row asks the law for what it is, a distribution of vectors, say, and calls `EstimatorFactories`.

extension EstimatorCatalogue {
  static let scoreFunction: [EstimatorEntry] = [
    .init(
      "exact", "The sum over every joint state, without variance.",
      when: "Where some thousand joint states can be summed, and to check others by."
    ) {
      site, _, _ throws(SettingError) in try site.enumerable?.exact(site)
    },
    .init(
      "reinforce", "The cost of a sample, less a baseline, times its score.",
      when: "Any law, any cost; with three calls or more take baseline=leave-one-out.",
      [.samplesOfBaseline, .choice("baseline", baselines)], variants: ["baseline=leave-one-out"]
    ) { site, o, generator throws(SettingError) in
      try site.discrete?.reinforce(o, site, &generator)
    },
    .init(
      "control-variate", "REINFORCE beside the expansion of the cost at the mean.",
      when: "Where a cheap function with a known expectation resembles the cost.",
      [.samples, .number("coefficient", rule: "fitted", in: -1e6..<1e6)]
    ) { site, o, _ throws(SettingError) in try site.moment?.controlVariate(o, site) },
    .init(
      "nvil", "REINFORCE with a running mean and variance and, of inputs, a network.",
      when: "A black box with one call, whose cost depends on a context.",
      [
        .samples, .number("decay", 0.8, in: 1e-6..<1), .whole("units", 100, in: 0...100_000),
        .flag("normalize", rule: "of-inputs"),
      ]
    ) { site, o, generator throws(SettingError) in try site.discrete?.nvil(o, site, &generator) },
  ]

  static let policyGradients: [EstimatorEntry] = [
    .init(
      "rloo", "REINFORCE with leave-one-out, by its name in language models.",
      when: "A group of answers to one question: right, and as cheap as the others.", [.group]
    ) { site, o, _ throws(SettingError) in try site.discrete?.leaveOneOut(o) },
    .init(
      "remax", "REINFORCE less the cost of the likeliest state.",
      when: "One sample, where the likeliest state is known and its cost is typical.", [.samples]
    ) { site, o, _ throws(SettingError) in try site.modal?.reMax(o) },
    .init(
      "mean-centered", "REINFORCE less the mean of the group: rloo times (K - 1)/K.",
      when: "To compare with; the factor is a step size.", [.group]
    ) { site, o, _ throws(SettingError) in try site.discrete?.grpo(o, .none) },
    .init(
      "grpo", "REINFORCE less the mean of the group, over its deviation.",
      when: "To compare with; its mean can point away from the gradient.",
      [.group, .choice("deviation", GroupAdvantage.Scale.allCases.map(\.rawValue))]
    ) { site, o, _ throws(SettingError) in
      guard let scale = GroupAdvantage.Scale(rawValue: try o.choice("deviation")) else {
        return nil
      }
      return try site.discrete?.grpo(o, scale)
    },
    .init(
      "reinforce++", "REINFORCE less the mean of the whole batch, over its deviation.",
      when: "To compare with; of a single question it is grpo:deviation=population.", [.group]
    ) { site, o, _ throws(SettingError) in
      try site.discrete?.grpo(o, .populationDeviation, keptAxes: site.rowAxes)
    },
  ]

  static let antithetic: [EstimatorEntry] = [
    .init(
      "arm", "Pairs of opposite uniforms for bits.",
      when: "To compare with; disarm is never worse.", [.pairs]
    ) {
      _, o, _ throws(SettingError) in ARM(pairs: try o.whole("pairs"))
    },
    .init(
      "disarm", "Pairs of opposite samples, with what their uniforms decide summed out.",
      when: "A black box over bits or classes with two calls.",
      [.pairs, .choice("tree", ["balanced", "stick-breaking"])]
    ) { site, o, _ throws(SettingError) in
      let pairs = try o.whole("pairs")
      let tree = CategoricalDisARM.Tree(rawValue: try o.choice("tree"))
      // A tree is of classes: bits have none to choose.
      if site.law == Bernoulli.self, tree == .balanced { return DisARM(pairs: pairs) }
      return tree.map { CategoricalDisARM(tree: $0, pairs: pairs) }
    },
    .init(
      "arsm", "Uniforms with two classes swapped, merged over all swaps.",
      when: "To compare with, over classes."
    ) {
      _, _, _ throws(SettingError) in ARSM()
    },
    .init(
      "carms", "Samples coupled to repel each other.",
      when: "A black box over bits with three calls or more.",
      [.whole("samples", 4, in: 2...100_000)]
    ) { site, o, _ throws(SettingError) in
      let samples = try o.whole("samples")
      guard site.law != Bernoulli.self else { return ARMS(samples: samples) }
      guard samples.isMultiple(of: 2) else {
        throw SettingError(
          "carms: samples is '\(samples)', not an even number: classes are coupled in pairs")
      }
      return CARMS(pairs: samples / 2)
    },
    .init(
      "bitflip", "One bit of a sample flipped.",
      when: "A black box over bits that are all nearly certain."
    ) { _, _, _ throws(SettingError) in BitFlip() },
    .init(
      "ugc", "DisARM for bits near a half, flips for nearly certain bits.",
      when: "A black box over bits of which many are nearly certain.",
      [.number("threshold", rule: "1/(2n)", in: 0..<0.5)]
    ) { _, o, _ throws(SettingError) in
      UGC(threshold: try o.number(ifKnown: "threshold").map { Scalar($0) })
    },
  ]

  static let withoutReplacement: [EstimatorEntry] = [
    .init(
      "unordered-set", "Distinct samples, weighted as an unordered set.",
      when: "Classes or structures whose samples would often repeat, or whose calls are dear.",
      [.whole("samples", 2, in: 1...10)]
    ) { site, o, _ throws(SettingError) in try site.distinct?.unorderedSet(o, site) },
    .init(
      "sum-and-sample", "The likeliest states summed, REINFORCE over the rest.",
      when: "Where a few states hold most of the mass.",
      [
        .whole("top", 1, in: 1...1000), .samplesOfBaseline,
        .choice("baseline", baselines.filter { $0 != "network" }),
      ]
    ) { site, o, _ throws(SettingError) in try site.distinct?.sumAndSample(o, site) },
  ]

  static let controlVariates: [EstimatorEntry] = [
    .init(
      "muprop", "REINFORCE beside a Taylor expansion at the mean.",
      when: "A differentiable cost that also means something at the mean.", [.samples]
    ) {
      site, o, _ throws(SettingError) in try site.moment?.muProp(o)
    },
    .init(
      "rebar", "REINFORCE beside a relaxation of the same noise.",
      when: "One sample of a strongly curved, differentiable cost.",
      [.temperature, .number("scale", 1, in: -1e6..<1e6), .samples]
    ) { site, o, _ throws(SettingError) in try site.coupled?.rebar(o) },
    .init(
      "relax", "REINFORCE beside a critic that is trained to lower the variance.",
      when: "A black box with one call, where training a critic pays.",
      [.whole("units", 10, in: 1...100_000), .temperature, .samples]
    ) { site, o, generator throws(SettingError) in try site.coupled?.relax(o, site, &generator) },
    .init(
      "double-cv", "Leave-one-out beside the slopes of the cost at the other samples.",
      when: "A differentiable cost, no bias, and two samples or more.",
      [.whole("samples", 2, in: 2...100_000), .number("coefficient", -0.75, in: -1e6..<1e6)]
    ) { site, o, _ throws(SettingError) in try site.moment?.doubleControlVariate(o) },
  ]

  static let relaxations: [EstimatorEntry] = [
    .init(
      "gumbel-softmax", "The gradient at relaxed samples.",
      when: "Where a relaxed point means something to the cost; with a temperature to tune.",
      EstimatorOption.annealed + [.samples]
    ) { site, o, _ throws(SettingError) in try site.vector?.gumbelSoftmax(o, isHard: false) },
    .init(
      "straight-through", "The gradient at samples as if they were their mean.",
      when: "The plainest of the biased; check it against exact on a small instance.", [.samples]
    ) { site, o, _ throws(SettingError) in try site.moment?.straightThrough(o) },
    .init(
      "st-gumbel-softmax", "The gradient at samples as if they were relaxed.",
      when: "Where a relaxation is wanted at hard samples, with a temperature to tune.",
      EstimatorOption.annealed + [.samples]
    ) { site, o, _ throws(SettingError) in try site.vector?.gumbelSoftmax(o, isHard: true) },
    .init(
      "gumbel-rao", "Straight-through Gumbel-Softmax, averaged over noise given the sample.",
      when: "As st-gumbel-softmax, with less variance for the same calls.",
      [.temperature, .whole("inner", 10, in: 1...10_000), .samples]
    ) { site, o, _ throws(SettingError) in try site.coupledVector?.gumbelRao(o) },
    .init(
      "reinmax", "Straight-through to second order.",
      when: "A large model, a smooth cost, one pass: the first of the biased to try.", [.samples]
    ) {
      site, o, _ throws(SettingError) in try site.vector?.reinMax(o)
    },
  ]

  static let structures: [EstimatorEntry] = [
    .init(
      "stochastic-softmax", "The gradient at marginals of scores with Gumbel noise.",
      when: "A structure or subset, and a cost that means something between its states.",
      EstimatorOption.annealed + [.samples]
    ) { site, o, _ throws(SettingError) in try site.scored?.stochasticSoftmax(o) },
    .init(
      "imle", "The difference of best states before and after a step down the cost.",
      when: "A structure of which only the best state can be found.",
      [
        .number("lambda", 1, in: 1e-6..<1e6), .number("noise", 1, in: 0..<1e6), .samples,
      ]
    ) { site, o, _ throws(SettingError) in try site.scored?.imle(o) },
    .init(
      "sparse-map", "The exact expectation under a law of few states, nearest to the scores.",
      when: "A structure, a black box, and no noise; for a law of its own."
    ) { site, _, _ throws(SettingError) in site.scored?.sparseMAP() },
  ]

  static let orders: [EstimatorEntry] = [
    .init(
      "pl-rank", "The gradient of a known ranking metric of orders.",
      when: "A known ranking metric of orders.", [.samples]
    ) {
      site, o, _ throws(SettingError) in
      guard site.law == PlackettLuce.self else { return nil }
      guard let metric = site.metric else {
        throw SettingError(
          "pl-rank needs the sum over places of discount times gain: a linear cost whose matrix is a product, and no quadratic one"
        )
      }
      return MetricGradient(metric: metric, samples: try o.whole("samples"))
    },
    .init(
      "neural-sort", "The gradient at orders relaxed by NeuralSort.",
      when: "A differentiable cost of orders whose scores are crowded.", relaxedOrders
    ) {
      _, o, _ throws(SettingError) in
      RelaxedOrders.neuralSort(
        temperature: try o.schedule(), isHard: try o.flag("hard"), samples: try o.whole("samples"))
    },
    .init(
      "soft-sort", "The gradient at orders relaxed by SoftSort.",
      when: "A differentiable cost of orders of many items.",
      [.whole("power", 1, in: 1...2)] + relaxedOrders
    ) { _, o, _ throws(SettingError) in
      RelaxedOrders.softSort(
        try o.whole("power") == 1 ? .absolute : .squared, temperature: try o.schedule(),
        isHard: try o.flag("hard"), samples: try o.whole("samples"))
    },
    .init(
      "gumbel-sinkhorn", "The gradient at orders or matchings relaxed by Sinkhorn's scaling.",
      when: "A score for each pair of place and item, which is a matching.",
      relaxedOrders
    ) { site, o, _ throws(SettingError) in
      let (schedule, isHard) = (try o.schedule(), try o.flag("hard"))
      let samples = try o.whole("samples")
      guard site.law != GumbelMatching.self else {
        return GumbelSinkhorn(temperature: schedule, isHard: isHard, samples: samples)
      }
      return RelaxedOrders.sinkhorn(temperature: schedule, isHard: isHard, samples: samples)
    },
  ]

  static let bounds: [EstimatorEntry] = [
    .init(
      "vimco", "A multi-sample bound in place of the expectation, leave-one-out.",
      when: "A bound over several samples.",
      [.whole("samples", 2, in: 2...1000), .choice("mean", ["geometric", "arithmetic"])]
    ) { site, o, _ throws(SettingError) in try site.discrete?.vimco(o) }
  ]

  /// The baselines of REINFORCE, none by default.
  static let baselines = ["none", "constant", "moving-average", "network", "leave-one-out"]

  /// The sentence of the help about baselines.
  public static let baselineHelp =
    "Baselines are \(baselines.joined(separator: ", ")), which takes two samples or more, two by default."

  private static let relaxedOrders = EstimatorOption.annealed + [.flag("hard", false), .samples]
}
