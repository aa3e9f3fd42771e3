import Foundation
import SwiftDiscrete

/// Reads a layout's movement, and foretells each step of it from the lines of a graph.
///
/// After Kipf et al. (2018), Neural relational inference for interacting systems, in small.
struct LayoutModel: Parameterized, Sendable {
  /// The variance of a coordinate.
  private static let variance = 5e-5

  private var pair: Perceptron
  private var gathered: Perceptron
  private var score: Perceptron
  private var push: Linear
  private var pull: Linear
  private var move: Perceptron
  private let vertices: Int
  private let times: Int

  init(vertices: Int, times: Int, units: Int, using generator: inout Philox) {
    pair = Perceptron(inputs: 3 * times, hidden: [units], outputs: units, using: &generator)
    gathered = Perceptron(inputs: units, hidden: [units], outputs: units, using: &generator)
    score = Perceptron(inputs: 3 * units, hidden: [units], outputs: 1, using: &generator)
    push = Linear(inputs: 2, outputs: units, using: &generator)
    pull = Linear(inputs: 2, outputs: units, using: &generator)
    move = Perceptron(
      inputs: 2 * units + 2, hidden: [units, units], outputs: 2, using: &generator)
    self.vertices = vertices
    self.times = times
  }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("pair", &pair)
    visitor.visit("gathered", &gathered)
    visitor.visit("score", &score)
    visitor.visit("push", &push)
    visitor.visit("pull", &pull)
    visitor.visit("move", &move)
  }

  /// For each vertex the others, `[vertices, vertices - 1]`.
  private var others: Indices {
    Indices(
      (0..<vertices).flatMap { i in (0..<vertices).filter { $0 != i } },
      shape: [vertices, vertices - 1])
  }

  /// For each vertex and other the number of their line.
  private var lines: Indices {
    let structure = SpanningTree(vertices: vertices)
    return Indices(
      (0..<vertices).flatMap { i in
        (0..<vertices).filter { $0 != i }.map { structure.part(between: i, and: $0) }
      }, shape: [vertices, vertices - 1])
  }

  /// For each vertex and other what stands at the two, side by side, of `[graphs, vertices, k]`.
  private func pairs(_ x: Tensor) -> Tensor {
    let far = x.gathering(others, along: 1)
    let near = x.expandingDimensions(at: 2).broadcast(to: far.shape)
    return concatenate([near, far], along: 3)
  }

  /// A score for each line, `[graphs, lines]`.
  ///
  /// It begins with how close the two ends have come, so that it is lines that are found and not
  /// what lies between them.
  func scores(of layouts: Layouts) -> Tensor {
    let graphs = layouts.count
    let paths = layouts.places.permuted([0, 2, 1, 3])
    let ways = paths.gathering(others, along: 1) - paths.expandingDimensions(at: 2)
    let distances = ways.squared().sum(along: 4).sqrt()
    let shape = [graphs, vertices, vertices - 1]
    let first = pair(
      concatenate(
        [ways.reshaped(shape + [2 * times]), distances], along: 3)
    ).tanh()
    let second = gathered(first.mean(along: 2))
    let directed = score(concatenate([first, pairs(second)], along: 3))
      .reshaped([graphs, vertices * (vertices - 1)])
    let learned = directed.scatteringSum(
      lines.reshaped([vertices * (vertices - 1)]), along: 1, size: vertices * (vertices - 1) / 2)
    return learned + layouts.closeness * 2
  }

  /// log p of each place but the first given the one before, `[samples, graphs]`, with lines
  /// `[samples, graphs, lines]`.
  func logProbability(of layouts: Layouts, lines z: Tensor) -> Tensor {
    let (samples, graphs, steps) = (z.shape[0], layouts.count, times - 1)
    let places = layouts.places
    let now = places.sliced(along: 1, 0..<steps)
    let change = places.sliced(along: 1, 1..<times) - now
    let flat = now.reshaped([graphs * steps, vertices, 2])
    let ways = flat.gathering(others, along: 1) - flat.expandingDimensions(at: 2)
    let units = push.bias.count
    let shape = [graphs, steps, vertices]
    let pushes = push(ways).relu().sum(along: 2)
    let pulls = pull(ways).relu().reshaped(shape + [vertices - 1, units])
    // Samples are rows of the products, so that the pulls are not repeated for each.
    let present = z.gathering(lines, along: 2).permuted([1, 2, 0, 3]).expandingDimensions(at: 1)
      .broadcast(to: shape + [samples, vertices - 1])
    let pulled = present.matmul(pulls)
    let common = concatenate([pushes, flat], along: 2).reshaped(shape + [1, units + 2])
      .broadcast(to: shape + [samples, units + 2])
    let moves = move(concatenate([pulled, common], along: 4)) * 0.1
    let errors = (moves - change.expandingDimensions(at: 3)).squared().sum(along: [1, 2, 4])
      .transposed()
    let coordinates = Scalar(steps * vertices * 2)
    return errors * Scalar(-0.5 / LayoutModel.variance)
      - coordinates * Scalar(0.5 * log(2 * Double.pi * LayoutModel.variance))
  }
}
