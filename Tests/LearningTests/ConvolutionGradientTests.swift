import DiscreteTesting
import Learning
import Tensors
import Testing

struct ConvolutionGradientTests {
  @Test(
    "weights, biases and images, and twice",
    arguments: [Convolution.Padding.valid, .same], [false, true])
  func derivatives(padding: Convolution.Padding, pools: Bool) {
    var generator = Philox(seed: 41)
    var layer = Convolution(
      size: 3, inputs: 2, filters: 3, padding: padding, pools: pools, using: &generator)
    // So that responses that compete are further apart than a step moves them.
    layer.weight = layer.weight * 20
    let bias = Tensor.randomNormal([3], using: &generator)
    let x = Tensor.randomNormal([2, 5, 4, 2], using: &generator)
    for order in 1...2 {
      let report = checkGradient(
        of: { tensors in
          var moved = layer
          moved.weight = tensors[0]
          moved.bias = tensors[1]
          // Bent, so that the second derivatives are not all zero.
          return (moved(tensors[2]) * 0.02).tanh()
        }, at: [layer.weight, bias, x], order: order, using: &generator)
      #expect(report.passed, "\(report)")
    }
  }

  @Test(
    "the fused way back equals the one by parts, over tiles, groups and parts that are not full")
  func ways() {
    var generator = Philox(seed: 42)
    let layer = Convolution(
      size: 5, inputs: 17, filters: 33, padding: .same, pools: true, using: &generator)
    let operands = [
      Tensor.randomNormal([37, 7, 16, 17], using: &generator), layer.weight,
      .randomNormal([33], using: &generator),
    ].map { $0.variable() }
    func slopes(differentiable: Bool) -> [Tensor] {
      var moved = layer
      moved.weight = operands[1]
      moved.bias = operands[2]
      return gradients(
        of: moved(operands[0]).squared().sum() * 1e-3, withRespectTo: operands,
        differentiable: differentiable)
    }
    let tolerance: Scalar = MemoryLayout<Scalar>.size == 8 ? 1e-10 : 2e-3
    for (fused, parts) in zip(slopes(differentiable: false), slopes(differentiable: true)) {
      #expect(fused.shape == parts.shape)
      #expect((fused - parts.detached()).abs().scalars.max() ?? 1 < tolerance)
    }
    // Images that need no gradient go another way.
    var moved = layer
    moved.weight = operands[1]
    moved.bias = operands[2]
    let alone = gradients(
      of: moved(operands[0].detached()).squared().sum() * 1e-3,
      withRespectTo: Array(operands[1...]))
    for (one, other) in zip(alone, slopes(differentiable: false)[1...]) {
      #expect((one - other).abs().scalars.max() ?? 1 < tolerance)
    }
  }
}
