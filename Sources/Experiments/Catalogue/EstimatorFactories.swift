import Formats
import Runs
import Stochastics
import Tensors

// The estimators of rows that look at the law: each for the laws that can do what it needs.

extension EnumerableDistribution {
  static func exact(
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
  static func reinforce(
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

  static func nvil(
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

  static func leaveOneOut(_ o: EstimatorOptions) throws(SettingError) -> EstimatorEntry.Made {
    Reinforce<Self, LeaveOneOutBaseline>(
      samples: try o.whole("samples"), baseline: LeaveOneOutBaseline())
  }

  static func grpo(
    _ o: EstimatorOptions, _ scale: GroupAdvantage.Scale, keptAxes: Int? = nil
  ) throws(SettingError) -> EstimatorEntry.Made {
    GRPO<Self>(
      samples: try o.whole("samples"),
      advantage: GroupAdvantage(scale: scale, keptAxes: keptAxes))
  }

  static func vimco(_ o: EstimatorOptions) throws(SettingError) -> EstimatorEntry.Made? {
    let samples = try o.whole("samples")
    let mean = VIMCO<Self>.Mean(rawValue: try o.choice("mean"))
    return mean.map { VIMCO<Self>(samples: samples, mean: $0) }
  }
}

extension ModalDistribution {
  static func reMax(_ o: EstimatorOptions) throws(SettingError) -> EstimatorEntry.Made {
    ReMax<Self>(samples: try o.whole("samples"))
  }
}

extension DistinctSampling {
  static func unorderedSet(
    _ o: EstimatorOptions, _ site: EstimatorSite
  ) throws(SettingError) -> EstimatorEntry.Made {
    let samples = try o.whole("samples")
    try o.check(samples, distinctOf: site)
    return UnorderedSet<Self>(samples: samples)
  }

  static func sumAndSample(
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

extension MomentDistribution {
  static func controlVariate(
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

  static func muProp(_ o: EstimatorOptions) throws(SettingError) -> EstimatorEntry.Made {
    MuProp<Self>(samples: try o.whole("samples"))
  }

  static func doubleControlVariate(
    _ o: EstimatorOptions
  ) throws(SettingError) -> EstimatorEntry.Made {
    DoubleControlVariate<Self>(
      samples: try o.whole("samples"), coefficient: Scalar(try o.number("coefficient")))
  }

  static func straightThrough(
    _ o: EstimatorOptions
  ) throws(SettingError) -> EstimatorEntry.Made {
    StraightThrough<Self>(samples: try o.whole("samples"))
  }
}

extension ScoredDistribution {
  static func stochasticSoftmax(
    _ o: EstimatorOptions
  ) throws(SettingError) -> EstimatorEntry.Made {
    StochasticSoftmax<Self>(temperature: try o.schedule(), samples: try o.whole("samples"))
  }

  static func imle(_ o: EstimatorOptions) throws(SettingError) -> EstimatorEntry.Made {
    IMLE<Self>(
      step: try o.scalar("lambda"), noise: try o.scalar("noise"), samples: try o.whole("samples"))
  }

  static func sparseMAP() -> EstimatorEntry.Made { SparseMAP<Self>() }
}

extension VectorDistribution {
  static func gumbelSoftmax(
    _ o: EstimatorOptions, isHard: Bool
  ) throws(SettingError) -> EstimatorEntry.Made {
    GumbelSoftmax<Self>(
      temperature: try o.schedule(), isHard: isHard, samples: try o.whole("samples"))
  }

  static func reinMax(_ o: EstimatorOptions) throws(SettingError) -> EstimatorEntry.Made {
    ReinMax<Self>(samples: try o.whole("samples"))
  }
}

extension CoupledDistribution {
  static func rebar(_ o: EstimatorOptions) throws(SettingError) -> EstimatorEntry.Made {
    REBAR<Self>(
      temperature: try o.number("temperature"), scale: Scalar(try o.number("scale")),
      samples: try o.whole("samples"))
  }

  static func relax(
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
  static func gumbelRao(
    _ o: EstimatorOptions
  ) throws(SettingError) -> EstimatorEntry.Made {
    GumbelRao<Self>(
      temperature: .constant(try o.number("temperature")), inner: try o.whole("inner"),
      samples: try o.whole("samples"))
  }
}
