import Formats
import Runs
import Stochastics
import Tensors

// The table: a name, a sentence, the options, and what they make for which law. A row asks the law
// for
// what it is, a distribution of vectors, say, and what stands below the tables is made for such
// laws.

extension EstimatorCatalogue {
  static let scoreFunction: [EstimatorEntry] = [
    .init("exact", "The sum over every joint state, without variance.") {
      site, _, _ throws(SettingError) in try site.enumerable?.exact(site)
    },
    .init(
      "reinforce", "The cost of a sample, less a baseline, times its score.",
      [.samplesOfBaseline, .choice("baseline", baselines)], variants: ["baseline=leave-one-out"]
    ) { site, o, generator throws(SettingError) in
      try site.discrete?.reinforce(o, site, &generator)
    },
    .init(
      "control-variate", "REINFORCE beside the expansion of the cost at the mean.",
      [.samples, .number("coefficient", rule: "fitted", in: -1e6..<1e6)]
    ) { site, o, _ throws(SettingError) in try site.vector?.controlVariate(o, site) },
    .init(
      "nvil", "REINFORCE with a running mean and variance and, of inputs, a network.",
      [
        .samples, .number("decay", 0.8, in: 1e-6..<1), .whole("units", 100, in: 0...100_000),
        .flag("normalize", rule: "of-inputs"),
      ]
    ) { site, o, generator throws(SettingError) in try site.discrete?.nvil(o, site, &generator) },
  ]

  static let antithetic: [EstimatorEntry] = [
    .init("arm", "Pairs of opposite uniforms for bits.", [.pairs]) {
      _, o, _ throws(SettingError) in ARM(pairs: try o.whole("pairs"))
    },
    .init(
      "disarm", "Pairs of opposite samples, with what their uniforms decide summed out.",
      [.pairs, .choice("tree", ["balanced", "stick-breaking"])]
    ) { site, o, _ throws(SettingError) in
      let pairs = try o.whole("pairs")
      let tree = CategoricalDisARM.Tree(rawValue: try o.choice("tree"))
      // A tree is of classes: bits have none to choose.
      if site.law == Bernoulli.self, tree == .balanced { return DisARM(pairs: pairs) }
      return tree.map { CategoricalDisARM(tree: $0, pairs: pairs) }
    },
    .init("arsm", "Uniforms with two classes swapped, merged over all swaps.") {
      _, _, _ throws(SettingError) in ARSM()
    },
    .init(
      "carms", "Samples coupled to repel each other.",
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
    .init("bitflip", "One bit of a sample flipped.") { _, _, _ throws(SettingError) in BitFlip() },
    .init(
      "ugc", "DisARM for bits near a half, flips for nearly certain bits.",
      [.number("threshold", rule: "1/(2n)", in: 0..<0.5)]
    ) { _, o, _ throws(SettingError) in
      UGC(threshold: try o.number(ifKnown: "threshold").map { Scalar($0) })
    },
  ]

  static let withoutReplacement: [EstimatorEntry] = [
    .init(
      "unordered-set", "Distinct samples, weighted as an unordered set.",
      [.whole("samples", 2, in: 1...10)]
    ) { site, o, _ throws(SettingError) in try site.distinct?.unorderedSet(o, site) },
    .init(
      "sum-and-sample", "The likeliest states summed, REINFORCE over the rest.",
      [
        .whole("top", 1, in: 1...1000), .samplesOfBaseline,
        .choice("baseline", baselines.filter { $0 != "network" }),
      ]
    ) { site, o, _ throws(SettingError) in try site.distinct?.sumAndSample(o, site) },
  ]

  static let controlVariates: [EstimatorEntry] = [
    .init("muprop", "REINFORCE beside a Taylor expansion at the mean.", [.samples]) {
      site, o, _ throws(SettingError) in try site.vector?.muProp(o)
    },
    .init(
      "rebar", "REINFORCE beside a relaxation of the same noise.",
      [.temperature, .number("scale", 1, in: -1e6..<1e6), .samples]
    ) { site, o, _ throws(SettingError) in try site.coupled?.rebar(o) },
    .init(
      "relax", "REINFORCE beside a critic that is trained to lower the variance.",
      [.whole("units", 10, in: 1...100_000), .temperature, .samples]
    ) { site, o, generator throws(SettingError) in try site.coupled?.relax(o, site, &generator) },
    .init(
      "double-cv", "Leave-one-out beside the slopes of the cost at the other samples.",
      [.whole("samples", 2, in: 2...100_000), .number("coefficient", -0.75, in: -1e6..<1e6)]
    ) { site, o, _ throws(SettingError) in try site.vector?.doubleControlVariate(o) },
  ]

  static let relaxations: [EstimatorEntry] = [
    .init(
      "gumbel-softmax", "The gradient at relaxed samples.", EstimatorOption.annealed + [.samples]
    ) { site, o, _ throws(SettingError) in try site.vector?.gumbelSoftmax(o, isHard: false) },
    .init(
      "straight-through", "The gradient at samples as if they were their mean.", [.samples]
    ) { site, o, _ throws(SettingError) in try site.vector?.straightThrough(o) },
    .init(
      "st-gumbel-softmax", "The gradient at samples as if they were relaxed.",
      EstimatorOption.annealed + [.samples]
    ) { site, o, _ throws(SettingError) in try site.vector?.gumbelSoftmax(o, isHard: true) },
    .init(
      "gumbel-rao", "Straight-through Gumbel-Softmax, averaged over noise given the sample.",
      [.temperature, .whole("inner", 10, in: 1...10_000), .samples]
    ) { site, o, _ throws(SettingError) in try site.coupledVector?.gumbelRao(o) },
    .init("reinmax", "Straight-through to second order.", [.samples]) {
      site, o, _ throws(SettingError) in try site.vector?.reinMax(o)
    },
  ]

  static let orders: [EstimatorEntry] = [
    .init("pl-rank", "The gradient of a known ranking metric of orders.", [.samples]) {
      site, o, _ throws(SettingError) in
      guard site.law == PlackettLuce.self else { return nil }
      guard let metric = site.metric else {
        throw SettingError(
          "pl-rank needs the sum over places of discount times gain: a linear cost whose matrix is a product, and no quadratic one"
        )
      }
      return MetricGradient(metric: metric, samples: try o.whole("samples"))
    },
    .init("neural-sort", "The gradient at orders relaxed by NeuralSort.", relaxedOrders) {
      _, o, _ throws(SettingError) in
      RelaxedOrders.neuralSort(
        temperature: try o.schedule(), isHard: try o.flag("hard"), samples: try o.whole("samples"))
    },
    .init(
      "soft-sort", "The gradient at orders relaxed by SoftSort.",
      [.whole("power", 1, in: 1...2)] + relaxedOrders
    ) { _, o, _ throws(SettingError) in
      RelaxedOrders.softSort(
        try o.whole("power") == 1 ? .absolute : .squared, temperature: try o.schedule(),
        isHard: try o.flag("hard"), samples: try o.whole("samples"))
    },
    .init(
      "gumbel-sinkhorn", "The gradient at orders or matchings relaxed by Sinkhorn's scaling.",
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

extension EnumerableDistribution {
  fileprivate static func exact(
    _ site: EstimatorSite
  ) throws(SettingError) -> EstimatorEntry.Made {
    guard let states = site.states, states <= site.mostStates else {
      throw SettingError(
        "exact lists every joint state and fits up to \(site.mostStates) of them, not \(site.states.map { "\($0)" } ?? "more than an integer holds"); reinforce fits any number"
      )
    }
    return Exact<Self>()
  }
}

extension DiscreteDistribution {
  fileprivate static func reinforce(
    _ o: EstimatorOptions, _ site: EstimatorSite, _ generator: inout Philox
  ) throws(SettingError) -> EstimatorEntry.Made {
    let samples = try o.sampleCount()
    func with<B: Baseline>(_ baseline: B) -> EstimatorEntry.Made {
      Reinforce<Self, B>(samples: samples, baseline: baseline)
    }
    guard try o.choice("baseline") == "network" else { return with(try o.baseline()) }
    guard let center = site.center else {
      throw SettingError(
        "reinforce: a network needs an input to look at, which this problem has not; constant, moving-average and leave-one-out fit"
      )
    }
    return with(NetworkBaseline(center: center, using: &generator))
  }

  fileprivate static func nvil(
    _ o: EstimatorOptions, _ site: EstimatorSite, _ generator: inout Philox
  ) throws(SettingError) -> EstimatorEntry.Made {
    let units = try o.whole("units")
    let network = site.center.flatMap {
      units == 0 ? nil : NetworkBaseline(center: $0, units: units, using: &generator)
    }
    return NVIL<Self>(
      network: network, samples: try o.whole("samples"), decay: try o.scalar("decay"),
      normalizesVariance: try o.flag(ifKnown: "normalize") ?? (site.center != nil))
  }

  fileprivate static func vimco(_ o: EstimatorOptions) throws(SettingError) -> EstimatorEntry.Made?
  {
    let samples = try o.whole("samples")
    let mean = VIMCO<Self>.Mean(rawValue: try o.choice("mean"))
    return mean.map { VIMCO<Self>(samples: samples, mean: $0) }
  }
}

extension DistinctSampling {
  fileprivate static func unorderedSet(
    _ o: EstimatorOptions, _ site: EstimatorSite
  ) throws(SettingError) -> EstimatorEntry.Made {
    let samples = try o.whole("samples")
    try o.check(samples, distinctOf: site)
    return UnorderedSet<Self>(samples: samples)
  }

  fileprivate static func sumAndSample(
    _ o: EstimatorOptions, _ site: EstimatorSite
  ) throws(SettingError) -> EstimatorEntry.Made {
    let top = try o.whole("top")
    try o.check(top + 1, distinctOf: site)
    let samples = try o.sampleCount()
    func with<B: Baseline>(_ baseline: B) -> EstimatorEntry.Made {
      RaoBlackwell<Self, _>(top: top, Reinforce(samples: samples, baseline: baseline))
    }
    return with(try o.baseline())
  }
}

extension VectorDistribution {
  fileprivate static func controlVariate(
    _ o: EstimatorOptions, _ site: EstimatorSite
  ) throws(SettingError) -> EstimatorEntry.Made {
    guard let slope = site.slope else {
      throw SettingError(
        "control-variate expands a cost at the mean and fits compare's problems only; reinforce:baseline=leave-one-out and nvil fit"
      )
    }
    let h = KnownExpectation<Self>(
      value: { dot(slope, point($0)) }, expectation: { dot(slope, $0.meanPoint) })
    let coefficient = try o.number(ifKnown: "coefficient")
    return ControlVariate(
      h, coefficient: coefficient.map { .fixed(Scalar($0)) } ?? .fitted(decay: 0.99),
      samples: try o.whole("samples"))
  }

  fileprivate static func muProp(_ o: EstimatorOptions) throws(SettingError) -> EstimatorEntry.Made
  { MuProp<Self>(samples: try o.whole("samples")) }

  fileprivate static func doubleControlVariate(
    _ o: EstimatorOptions
  ) throws(SettingError) -> EstimatorEntry.Made {
    DoubleControlVariate<Self>(
      samples: try o.whole("samples"), coefficient: Scalar(try o.number("coefficient")))
  }

  fileprivate static func gumbelSoftmax(
    _ o: EstimatorOptions, isHard: Bool
  ) throws(SettingError) -> EstimatorEntry.Made {
    GumbelSoftmax<Self>(
      temperature: try o.schedule(), isHard: isHard, samples: try o.whole("samples"))
  }

  fileprivate static func straightThrough(
    _ o: EstimatorOptions
  ) throws(SettingError) -> EstimatorEntry.Made {
    StraightThrough<Self>(samples: try o.whole("samples"))
  }

  fileprivate static func reinMax(_ o: EstimatorOptions) throws(SettingError) -> EstimatorEntry.Made
  { ReinMax<Self>(samples: try o.whole("samples")) }
}

extension CoupledDistribution {
  fileprivate static func rebar(_ o: EstimatorOptions) throws(SettingError) -> EstimatorEntry.Made {
    REBAR<Self>(
      temperature: try o.number("temperature"), scale: Scalar(try o.number("scale")),
      samples: try o.whole("samples"))
  }

  fileprivate static func relax(
    _ o: EstimatorOptions, _ site: EstimatorSite, _ generator: inout Philox
  ) throws(SettingError) -> EstimatorEntry.Made {
    let units = try o.whole("units")
    if let excess = MemoryBudget.excess(
      "a critic of \(units) units for \(site.inputs) numbers", [[units, site.inputs]])
    {
      throw SettingError(excess)
    }
    let critic = Critic(
      inputs: site.inputs, units: units, temperature: try o.number("temperature"),
      using: &generator)
    return RELAX<Self>(critic: critic, samples: try o.whole("samples"))
  }
}

extension VectorDistribution where Self: CoupledDistribution {
  fileprivate static func gumbelRao(
    _ o: EstimatorOptions
  ) throws(SettingError) -> EstimatorEntry.Made {
    GumbelRao<Self>(
      temperature: .constant(try o.number("temperature")), inner: try o.whole("inner"),
      samples: try o.whole("samples"))
  }
}
