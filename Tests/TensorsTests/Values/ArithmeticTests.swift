import Foundation
import Tensors
import Testing

struct ArithmeticTests {
  static let pairs: [([Int], [Int], [Int])] = [
    ([], [], []), ([3], [3], [3]), ([2, 3], [3], [2, 3]), ([2, 3], [], [2, 3]), ([], [2], [2]),
    ([2, 1], [1, 3], [2, 3]), ([4, 1, 3], [2, 1], [4, 2, 3]), ([0, 3], [1, 3], [0, 3]),
    ([1], [0], [0]), ([1, 1, 1], [2], [1, 1, 2]), ([2, 1, 3, 1], [3, 4], [2, 1, 3, 4]),
  ]

  @Test("broadcast like nested loops", arguments: pairs)
  func broadcasting(a: [Int], b: [Int], result: [Int]) {
    var generator = Philox(seed: 1)
    let (x, y) = (
      randomTensor(a, using: &generator) + 2, randomTensor(b, using: &generator) + 2
    )
    let functions: [((Tensor, Tensor) -> Tensor, (Double, Double) -> Double)] = [
      ({ $0 + $1 }, { $0 + $1 }), ({ $0 - $1 }, { $0 - $1 }), ({ $0 * $1 }, { $0 * $1 }),
      ({ $0 / $1 }, { $0 / $1 }), ({ $0.power($1) }, { pow($0, $1) }),
      ({ maximum($0, $1) }, { max($0, $1) }), ({ minimum($0, $1) }, { min($0, $1) }),
      ({ $0 .> $1 }, { $0 > $1 ? 1 : 0 }), ({ $0 .< $1 }, { $0 < $1 ? 1 : 0 }),
      ({ $0 .<= $1 }, { $0 <= $1 ? 1 : 0 }), ({ $0 .== $1 }, { $0 == $1 ? 1 : 0 }),
      ({ select($0 .> 2, $0, $1) }, { $0 > 2 ? $0 : $1 }),
    ]
    for (function, reference) in functions {
      let value = function(x, y)
      #expect(value.shape == result)
      let expected = places(of: result).map { reference(x.broadcastAt($0), y.broadcastAt($0)) }
      #expect(agree(doubles(value), expected))
    }
  }

  @Test("read views as they are")
  func views() {
    var generator = Philox(seed: 2)
    let x = randomTensor([3, 4], using: &generator)
    let y = randomTensor([6, 5], using: &generator)
    let sum = x.transposed() + y.sliced(along: 0, 1..<5).sliced(along: 1, 2..<5)
    let expected = places(of: [4, 3]).map { x.at([$0[1], $0[0]]) + y.at([$0[0] + 1, $0[1] + 2]) }
    #expect(agree(doubles(sum), expected))
    #expect(
      agree(doubles(x.transposed().exp()), places(of: [4, 3]).map { exp(x.at([$0[1], $0[0]])) }))
  }

  @Test("agree with the C library")
  func functions() {
    let points = stride(from: -3.0, through: 3, by: 0.37).map { $0 }
    let x = Tensor(points.map { Scalar($0) })
    let seen = doubles(x)
    let table: [(Tensor, (Double) -> Double)] = [
      (-x, { -$0 }), (x.exp(), { exp($0) }), (x.expm1(), { expm1($0) }), (x.tanh(), { tanh($0) }),
      (x.squared(), { $0 * $0 }), (x.abs(), { abs($0) }), (x.reciprocal(), { 1 / $0 }),
      (x.sigmoid(), { 1 / (1 + exp(-$0)) }), (x.softplus(), { log1p(exp($0)) }),
      (x.logSigmoid(), { -log1p(exp(-$0)) }), (x.relu(), { max($0, 0) }),
      (x.leakyRelu(slope: 0.1), { $0 > 0 ? $0 : Double(Scalar(0.1)) * $0 }),
      (x.sin(), { sin($0) }), (x.cos(), { cos($0) }), (x.floor(), { floor($0) }),
      (x.sign(), { $0 > 0 ? 1 : $0 < 0 ? -1 : 0 }), (x.step(), { $0 > 0 ? 1 : 0 }),
      (x.abs().log(), { log(abs($0)) }), (x.abs().log1p(), { log1p(abs($0)) }),
      (x.abs().sqrt(), { abs($0).squareRoot() }),
    ]
    for (value, reference) in table {
      #expect(agree(doubles(value), seen.map(reference), units: 16))
    }
  }

  @Test("stay finite where the naive form overflows")
  func extremes() {
    let x = Tensor([-1e4, -100, 0, 100, 1e4])
    #expect(x.sigmoid().scalars.first == 0 && x.sigmoid().scalars.last == 1)
    #expect(agree(doubles(x.softplus()), [0, exp(-100), log(2), 100, 1e4]))
    #expect(agree(doubles(x.logSigmoid()), [-1e4, -100, -log(2), -exp(-100), 0]))
    for function in [Tensor.sigmoid, Tensor.softplus, Tensor.logSigmoid, Tensor.tanh] {
      #expect(gradient(at: x) { function($0)() }.allFinite)
    }
    #expect(!Tensor([0, .infinity]).allFinite)
    #expect(Tensor([0, .infinity, .nan]).isFinite().scalars == [1, 0, 0])
  }

  @Test("log(1 - exp(x)) keeps its digits at both ends")
  func log1mExp() {
    for x in [-1e-6, -1e-3, -0.5, -0.6931, -0.6932, -1, -5, -15] as [Scalar] {
      let exact = x > -0.7 ? log(-expm1(Double(x))) : log1p(-exp(Double(x)))
      let value = Double(Tensor(x).log1mExp().item)
      #expect(abs(value / exact - 1) < 8 * Double(Scalar.ulpOfOne))
    }
    #expect(Tensor(0).log1mExp().item == -.infinity)
    #expect(Tensor(-.infinity).log1mExp().item == 0)
  }

  @Test("leave arithmetic on arrays of scalars alone")
  func overloads() {
    let x: [Scalar] = [1, 2, 4, 5]
    let mean = x.reduce(0, +) / 4
    let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 4
    #expect(mean == 3 && variance == 2.5)
  }

  @Test("give a tied gradient to the first operand")
  func ties() {
    let (a, b) = (Tensor([1, 2]).variable(), Tensor([1, 3]).variable())
    let upper = gradients(of: maximum(a, b), withRespectTo: [a, b]).map(\.scalars)
    let lower = gradients(of: minimum(a, b), withRespectTo: [a, b]).map(\.scalars)
    #expect(upper == [[1, 0], [0, 1]])
    #expect(lower == [[1, 1], [0, 0]])
  }
}
