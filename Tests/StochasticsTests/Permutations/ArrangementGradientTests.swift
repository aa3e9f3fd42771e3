import DiscreteTesting
import Stochastics
import Tensors
import Testing

struct ArrangementGradientTests {
  static let close = MemoryLayout<Scalar>.size == 8 ? 1e-12 : 2e-4 as Scalar

  /// Every form of a point, of keys [2, 3, 4].
  static let forms: [(String, @Sendable (Tensor) -> Arrangement)] = [
    ("hard", { Arrangement(PlackettLuce(logScores: .zeros([4])).harden($0.detached())) }),
    ("NeuralSort", { Arrangement(NeuralSort(scores: $0, temperature: 1.5)) }),
    ("hard NeuralSort", { Arrangement(NeuralSort(scores: $0, temperature: 1.5), isHard: true) }),
    ("SoftSort", { Arrangement(SoftSort(scores: $0, temperature: 0.7)) }),
    (
      "hard SoftSort",
      { Arrangement(SoftSort(scores: $0, temperature: 0.7, power: .squared), isHard: true) }
    ),
    (
      "plan",
      { keys in
        let scores = keys.expandingDimensions(at: -1) * keys.expandingDimensions(at: -2)
        return Arrangement(
          matrix: Sinkhorn(scores: scores, temperature: 1, iterations: 5).matrix)
      }
    ),
  ]

  @Test(
    "a point applies itself as its matrix does, in value and gradient, to payloads with less and less of the batch",
    arguments: forms.indices)
  func apply(form: Int) {
    let (name, make) = Self.forms[form]
    var generator = Philox(seed: 31)
    let keys = Tensor.randomNormal([2, 3, 4], using: &generator)
    for batch in [[2, 3], [3], []] {
      for rest in [[], [5]] {
        let payload = Tensor.randomNormal(batch + [4] + rest, using: &generator)
        let cotangent = Tensor.randomNormal([2, 3, 4] + rest, using: &generator)
        func results(_ apply: (Arrangement, Tensor) -> Tensor) -> [Tensor] {
          let variables = [keys.variable(), payload.variable()]
          let value = apply(make(variables[0]), variables[1])
          return [value.detached()]
            + gradients(of: (value * cotangent).sum(), withRespectTo: variables)
        }
        let found = results { $0.apply(to: $1) }
        let expected = results { point, payload in
          let columns = payload.reshaped(batch + [4, rest.reduce(1, *)])
          return point.matrix.matmul(columns).reshaped([2, 3, 4] + rest)
        }
        for (a, b) in zip(found, expected) {
          #expect(a.shape == b.shape)
          #expect((a - b).abs().sum().item < 50 * Self.close, "\(name), \(batch), \(rest)")
        }
      }
    }
  }

  @Test("lists of the first places move rows too")
  func lists() {
    let lists = Orders(Indices([2, 0, 1, 2], shape: [2, 2]), itemCount: 3)
    let payload = Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3])
    #expect(Arrangement(lists).apply(to: payload).scalars == [3, 1, 5, 6])
    #expect(Arrangement(lists).apply(to: [7, 8, 9]).scalars == [9, 7, 8, 9])
    #expect(Arrangement(matrix: lists.matrix).apply(to: payload).scalars == [3, 1, 5, 6])
  }

  @Test("a payload of another number of items traps")
  func misfit() async {
    await #expect(processExitsWith: .failure) {
      _ = Arrangement(NeuralSort(scores: [1, 2], temperature: 1)).apply(to: [1, 2, 3])
    }
  }
}
