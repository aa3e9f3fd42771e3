import Runs
import Stochastics
import Tensors

extension Picture {
  /// One bit whose expected cost and its slope are known, beside what REINFORCE makes of them.
  func scoreFunction(seed: UInt64) -> Drawing {
    let (target, draws): (Scalar, Int) = (0.45, 10_000)
    let logits = (-12...12).map { Scalar($0) / 2 }
    let cost: (Tensor) -> Tensor = { ($0 - target).squared().sum(along: -1) }
    func expected(_ logits: Tensor) -> Tensor {
      var (exact, generator) = (Exact<Bernoulli>(), Philox(seed: seed))
      return exact.expectation(
        over: Bernoulli(logits: logits), using: &generator,
        of: { (bit: Tensor, _: inout Philox) -> Tensor in cost(bit) })
    }
    let column = Tensor(logits, shape: [logits.count, 1])
    func points(_ values: some Sequence<Double>) -> [(x: Double, y: Double)] {
      zip(logits, values).map { (Double($0), $1) }
    }
    func points(_ values: Tensor) -> [(x: Double, y: Double)] {
      points(values.scalars.map { Double($0) })
    }
    let found = logits.map { logit in
      GradientStudy<Bernoulli>(
        parameters: [logit], distribution: { Bernoulli(logits: $0) }, cost: cost
      ).measure(
        Reinforce<Bernoulli, NoBaseline>(baseline: .none), draws: draws, pilot: 0, seed: seed)
    }
    return LineChart(
      title: "One bit b of cost (b - 0.45)²: the gradient of an expectation by REINFORCE",
      panels: [
        .init(
          title: "expected cost", xLabel: "logit of the bit", yLabel: "cost",
          series: [.init(name: "exact", points: points(expected(column)))]),
        .init(
          title: "its gradient in the logit", xLabel: "logit of the bit",
          yLabel: "gradient; band: one draw ± its deviation",
          series: [
            .init(name: "exact", points: points(gradient(at: column, expected))),
            .init(
              name: "REINFORCE, mean of 10,000 draws", points: points(found.map { $0.mean[0] }),
              band: found.map { study in
                let deviation = study.variance.squareRoot()
                return (study.mean[0] - deviation, study.mean[0] + deviation)
              }),
          ]),
      ]
    ).drawing()
  }

  /// The variance of REINFORCE against a constant baseline, the weight of a control variate, and
  /// the number of samples.
  func controlVariates(seed: UInt64) -> Drawing {
    let study = RelaxedGradients(draws: 10_000, seed: seed)
    let costs = Tensor(RelaxedGradients.costs)
    func variance(_ estimator: some GradientEstimator<Categorical>) -> Double {
      study.study.measure(estimator, draws: study.draws, pilot: 0, seed: seed).variance
    }
    func variate(_ weight: Scalar, _ h: KnownExpectation<Categorical>) -> Double {
      variance(ControlVariate(h, coefficient: .fixed(weight)))
    }
    // A constant h = 1 with weight -c is the baseline c.
    let constant = KnownExpectation<Categorical>(
      value: { Tensor.ones($0.shape.dropLast()) }, expectation: { Tensor.ones($0.batch) })
    let linear = KnownExpectation<Categorical>(
      value: { ($0.oneHot * costs).sum(along: -1).sum(along: -1) },
      expectation: { ($0.probabilities * costs).sum(along: -1).sum(along: -1) })
    let baselines = (-4...16).map { Scalar($0) / 2 }
    let weights = (-12...4).map { Scalar($0) / 4 }
    let counts = [1, 2, 4, 8, 16, 32]
    func points(
      _ places: [some BinaryFloatingPoint], _ values: [Double]
    ) -> [(x: Double, y: Double)] { zip(places, values).map { (Double($0), $1) } }
    return LineChart(
      title: "Variance of REINFORCE for E[(c - 1.5)²] over three classes, 10,000 draws each",
      panels: [
        .init(
          title: "less a constant b: f - b", xLabel: "constant b",
          yLabel: "variance, summed over three logits",
          series: [
            .init(
              name: "one sample",
              points: points(baselines, baselines.map { variate(-$0, constant) }))
          ]),
        .init(
          title: "with a function of known mean: f + a (c - E[c])", xLabel: "weight a",
          yLabel: "variance, summed over three logits",
          series: [
            .init(
              name: "one sample", points: points(weights, weights.map { variate($0, linear) }))
          ]),
        .init(
          title: "more samples", xLabel: "samples, calls of the cost",
          yLabel: "variance, summed over three logits", x: .logarithmic, y: .logarithmic,
          series: [
            .init(
              name: "without a baseline",
              points: points(
                counts.map { Double($0) },
                counts.map { variance(Reinforce(samples: $0, baseline: NoBaseline.none)) })),
            .init(
              name: "each sample less the mean of the others",
              points: points(
                counts.dropFirst().map { Double($0) },
                counts.dropFirst().map {
                  variance(Reinforce(samples: $0, baseline: LeaveOneOutBaseline.leaveOneOut))
                })),
          ]),
      ]
    ).drawing()
  }

  /// One bit as a step of its noise, and what relaxes the step.
  func relaxedBit() -> Drawing {
    let logit: Scalar = 0.5
    let noise = Tensor((-60...60).map { Scalar($0) / 10 })
    let temperatures: [Double] = [0.2, 0.5, 1, 2]
    func points(_ values: Tensor) -> [(x: Double, y: Double)] {
      zip(noise.scalars, values.scalars).map { (Double($0), Double($1)) }
    }
    func relaxed(_ temperature: Double) -> Tensor {
      ((noise + logit) / Scalar(temperature)).sigmoid()
    }
    func name(_ temperature: Double) -> String { "temperature \(decimal(temperature, 1))" }
    return LineChart(
      title: "One bit of logit 0.5 as a function of its logistic noise",
      panels: [
        .init(
          title: "the bit, and sigmoid((logit + noise) / temperature)", xLabel: "noise",
          yLabel: "sample",
          series: [.init(name: "the bit", points: points((noise + logit).step()))]
            + temperatures.map { .init(name: name($0), points: points(relaxed($0))) }),
        .init(
          title: "its slope in the logit", xLabel: "noise", yLabel: "d sample / d logit",
          series: [.init(name: "the bit", points: points(.zeros([noise.count])))]
            + temperatures.map { temperature in
              let y = relaxed(temperature)
              return .init(
                name: name(temperature), points: points(y * (1 - y) / Scalar(temperature)))
            }),
      ]
    ).drawing()
  }
}
