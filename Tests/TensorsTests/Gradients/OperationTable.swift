import Tensors

extension DifferentiableOperation {
  /// Every public operation with a gradient; `OperationGradientTests` compares the names with the
  /// source.
  static let table: [DifferentiableOperation] =
    arithmetic + elementwise + reductions + scans + views + gathering + products + surrogates

  static let arithmetic: [DifferentiableOperation] = [
    .binary("+") { $0 + $1 },
    .binary("-") { $0 - $1 },
    .binary("*") { $0 * $1 },
    .binary("/", .nonzero) { $0 / $1 },
    .unary("+ scalar") { (2 + $0) + 3 },
    .unary("- scalar") { 2 - ($0 - 3) },
    .unary("* scalar") { 2 * ($0 * 3) },
    .unary("/ scalar", .nonzero) { 2 / ($0 / 3) },
    .unary("+=") {
      var sum = $0
      sum += $0 * $0
      return sum
    },
    .unary("-=") {
      var difference = $0
      difference -= $0 * $0
      return difference
    },
    .unary("*=") {
      var product = $0
      product *= $0
      return product
    },
    .unary("/=", .nonzero) {
      var quotient = Tensor(2)
      quotient /= $0
      return quotient
    },
    .binary("dot") {
      let shape = ($0 * $1).shape
      return $0.broadcast(to: shape).dot($1.broadcast(to: shape), overLast: min(1, shape.count))
    },
    .binary("power", .positive) { $0.power($1) },
    .binary("maximum", .distinct) { maximum($0, $1) * $0 },
    .binary("minimum", .distinct) { minimum($0, $1) * $0 },
    .binary("select", .distinct) { select($0 .< $1, $0 * $0, $1) },
  ]

  static let elementwise: [DifferentiableOperation] = [
    .unary("prefix -") { -$0 },
    .unary("exp") { $0.exp() },
    .unary("expm1") { $0.expm1() },
    .unary("log", .positive) { $0.log() },
    .unary("log1p", .positive) { $0.log1p() },
    .unary("log1mExp", .negative) { $0.log1mExp() },
    .unary("sqrt", .positive) { $0.sqrt() },
    .unary("squared") { $0.squared() },
    .unary("abs", .nonzero) { $0.abs() * $0 },
    .unary("reciprocal", .nonzero) { $0.reciprocal() },
    .unary("sigmoid") { $0.sigmoid() },
    .unary("logSigmoid") { $0.logSigmoid() },
    .unary("softplus") { $0.softplus() },
    .unary("tanh") { $0.tanh() },
    .unary("relu", .nonzero) { $0.relu() * $0 },
    .unary("leakyRelu", .nonzero) { $0.leakyRelu(slope: 0.2) * $0 },
    .unary("sin") { $0.sin() },
    .unary("cos") { $0.cos() },
  ]

  static let reductions: [DifferentiableOperation] = [
    .unary("sum") { $0.sum() * $0 },
    .along("sum(along:)") { $0.sum(along: $1).squared() },
    .along("sum(along:keepingDimensions:)") { $0.sum(along: $1, keepingDimensions: true) * $0 },
    .examples(
      "sum(along: axes)",
      [
        .init(shapes: [[2, 3]]) { $0[0].squared().sum(along: [0, 1]) },
        .init(shapes: [[2, 3, 2]]) { $0[0].squared().sum(along: [-1, 0]) },
        .init(shapes: [[1, 0, 2]]) { $0[0].squared().sum(along: [1, 2], keepingDimensions: true) },
        .init(shapes: [[2, 1]]) { $0[0].squared().sum(along: []) },
      ]),
    .at("mean", [[[]], [[3]], [[2, 1, 3]]]) { $0[0].mean() * $0[0] },
    .along("mean(along:)", empty: false) { $0.mean(along: $1).squared() },
    .along("mean(along:keepingDimensions:)", empty: false) {
      $0.mean(along: $1, keepingDimensions: true) * $0
    },
    .along("variance", empty: false) { $0.variance(along: $1) },
    .at("variance(correction: 1)", [[[3]], [[2, 3]], [[4, 1]]]) {
      $0[0].variance(along: 0, correction: 1, keepingDimensions: true) * $0[0]
    },
    .along("product", .nonzero) { $0.product(along: $1) },
    .along("product with zeros", .nonzero) { ($0 * ($0 .> 0)).product(along: $1) },
    .along("product(keepingDimensions:)", .nonzero) {
      $0.product(along: $1, keepingDimensions: true) * $0
    },
    .along("max", .distinct, empty: false) { $0.max(along: $1).squared() },
    .along("max(keepingDimensions:)", .distinct) {
      $0.max(along: $1, keepingDimensions: true) * $0
    },
    .along("min", .distinct, empty: false) { $0.min(along: $1).squared() },
    .along("min(keepingDimensions:)", .distinct) {
      $0.min(along: $1, keepingDimensions: true) * $0
    },
    .along("logSumExp", empty: false) { $0.logSumExp(along: $1) },
    .along("logSumExp(keepingDimensions:)") {
      $0 * $0 - $0.logSumExp(along: $1, keepingDimensions: true) * $0
    },
    .along("softmax") { $0.softmax(along: $1) },
    .along("logSoftmax") { $0.logSoftmax(along: $1) },
  ]

  static let scans: [DifferentiableOperation] = [
    .along("cumulativeSum") { $0.cumulativeSum(along: $1).squared() },
    .along("cumulativeSum(reversed:)") { $0.cumulativeSum(along: $1, reversed: true).squared() },
    .along("cumulativeLogSumExp") { $0.cumulativeLogSumExp(along: $1) },
    .along("cumulativeLogSumExp(reversed:)") { $0.cumulativeLogSumExp(along: $1, reversed: true) },
  ]

  static let views: [DifferentiableOperation] = [
    .examples(
      "reshaped",
      [
        .init(shapes: [[2, 3]]) { $0[0].squared().reshaped([3, 2]) },
        .init(shapes: [[2, 3, 2]]) { $0[0].squared().reshaped([-1, 2]) },
        .init(shapes: [[0, 3]]) { $0[0].squared().reshaped([3, 0]) },
        .init(shapes: [[1]]) { $0[0].squared().reshaped([]) },
      ]),
    .along("expandingDimensions") { $0.squared().expandingDimensions(at: $1) },
    .examples(
      "permuted",
      [
        .init(shapes: [[2, 3]]) { $0[0].squared().permuted([1, 0]) },
        .init(shapes: [[2, 3, 4]]) { $0[0].squared().permuted([2, 0, 1]) },
        .init(shapes: [[2, 1, 0]]) { $0[0].squared().permuted([1, 2, 0]) },
      ]),
    .at("transposed", [[[2, 3]], [[2, 1, 3]], [[0, 3]]]) { $0[0].squared().transposed() },
    .examples(
      "broadcast",
      [
        .init(shapes: [[3]]) { $0[0].squared().broadcast(to: [2, 3]) },
        .init(shapes: [[]]) { $0[0].squared().broadcast(to: [2, 2]) },
        .init(shapes: [[2, 1]]) { $0[0].squared().broadcast(to: [3, 2, 0]) },
      ]),
    .along("sliced(at:)", empty: false) { $0.squared().sliced(along: $1, at: 0) },
    .along("sliced") { x, axis in
      let size = x.shape[axis < 0 ? axis + x.rank : axis]
      return x.squared().sliced(along: axis, size / 2..<size)
    },
    .along("padded") { x, axis in
      x.squared().padded(along: axis, before: 1, to: x.shape[axis < 0 ? axis + x.rank : axis] + 3)
    },
    .at(
      "concatenate",
      [
        [[2, 3], [2, 1]], [[2, 3], [2, 0], [2, 2]], [[0, 1], [0, 2]], [[1, 2, 1], [1, 2, 1]],
      ]
    ) { parts in
      concatenate(parts.map { $0.squared() }, along: parts[0].rank == 3 ? 2 : 1)
    },
    .at("stack", [[[2, 3], [2, 3]], [[], [], []], [[1, 0], [1, 0]]]) { parts in
      stack(parts.map { $0.squared() }, along: -1)
    },
  ]

  static let gathering: [DifferentiableOperation] = [
    .along("gathering", empty: false) { x, axis in
      let last = x.shape[axis < 0 ? axis + x.rank : axis] - 1
      return x.squared().gathering(Indices([last, 0, last, last], shape: [2, 2]), along: axis)
    },
    .at("gathering(empty)", [[[2, 3]], [[0, 2]], [[3, 1]]]) {
      $0[0].squared().gathering(Indices([], shape: [0]), along: 0)
    },
    .at("scatteringSum", [[[3, 2]], [[3]], [[3, 0]], [[3, 1, 2]]]) {
      $0[0].squared().scatteringSum(Indices([1, 0, 1], shape: [3]), along: 0, size: 4)
    },
    .at("takingAlong", [[[2, 3]], [[2, 1]], [[2, 4]]]) {
      $0[0].squared().takingAlong(Indices([0, 0, $0[0].shape[1] - 1, 0], shape: [2, 2]), axis: 1)
    },
    .at("addingAlong", [[[2, 2]], [[1, 4]], [[4, 1]]]) {
      $0[0].squared().addingAlong(Indices([2, 0, 1, 1], shape: $0[0].shape), axis: -1, size: 3)
    },
  ]

  static let products: [DifferentiableOperation] = [
    .at(
      "matmul",
      [
        [[2, 3], [3, 4]], [[1, 3], [3, 1]], [[2, 1], [1, 2]], [[2, 0], [0, 3]], [[0, 2], [2, 3]],
        [[2, 3], [3, 0]], [[2, 2, 3], [3, 2]], [[2, 3], [2, 3, 2]], [[2, 1, 2, 3], [2, 3, 2]],
        [[2, 2, 0], [0, 3]],
      ]
    ) { $0[0].matmul($0[1]) },
    .at(
      "matmul(transposed)", [[[3, 2], [4, 3]], [[1, 2], [3, 1]], [[2, 3, 2], [2, 4, 3]]]
    ) {
      $0[0].transposed().matmul($0[1].transposed())
    },
    .at("matmul(sliced)", [[[3, 4], [3, 4]], [[2, 2], [2, 5]], [[2, 4], [2, 2]]]) {
      $0[0].transposed().sliced(along: 0, 1..<2).matmul($0[1].sliced(along: 1, 1..<2))
    },
    .at(
      "affine",
      [
        [[2, 3], [3, 4], [4]], [[3], [3, 2], [2]], [[2, 2, 1], [1, 3], [3]],
        [[0, 2], [2, 1], [1]],
        [[2, 2, 0], [0, 3], [3]],
      ]
    ) { $0[0].affine($0[1], $0[2]) },
    .at(
      "squashedAffine",
      [[[2, 3], [3, 4], [4]], [[2, 2, 1], [1, 3], [3]], [[2, 0], [0, 3], [3]]]
    ) {
      $0[0].squashedAffine($0[1], $0[2])
    },
    .at("affine(bits)", [[[3, 2], [2]], [[3, 1], [1]], [[3, 4], [4]]]) {
      Bits([true, false, false, false, false, false], shape: [2, 3]).affine($0[0], $0[1]).squared()
    },
    .at("affine(dense bits)", [[[3, 2], [2]], [[3, 1], [1]], [[3, 4], [4]]]) {
      Bits([true, true, false, true, true, true], shape: [2, 3]).affine($0[0], $0[1]).squared()
    },
    .at(
      "relativeEntropy",
      [[[2, 3], [2, 3]], [[3, 2, 4], [2, 4]], [[2, 4], [3, 2, 4]], [[0, 2, 3], [2, 3]]]
    ) { ($0[0].softplus() * -1).relativeEntropy(to: $0[1]) },
    .at("bernoulliLogProbability", [[[3]], [[2, 3]], [[1, 2, 3]], [[2, 2, 3]], [[0, 2, 3]]]) {
      $0[0].bernoulliLogProbability(of: Bits([true, false, true], shape: [3]))
    },
    .at("logProbability(ofClasses)", [[[3]], [[2, 3]], [[2, 1, 3]], [[0, 3]]]) {
      let shape = Array($0[0].shape.dropLast())
      let count = shape.reduce(1, *)
      return $0[0].logProbability(
        ofClasses: Indices((0..<count).map { $0 * 2 % 3 }, shape: shape))
    },
    .at(
      "logProbability(ofClasses, under)",
      [
        [[2], [2, 3], [3]], [[2, 1, 2], [2, 3], [3]], [[4, 1], [1, 1], [1]],
        [[0, 2], [2, 3], [3]],
      ]
    ) {
      let shape = Array($0[0].shape.dropLast())
      let (count, classes) = (shape.reduce(1, *), $0[2].shape[0])
      return $0[0].logProbability(
        ofClasses: Indices((0..<count).map { $0 * 2 % classes }, shape: shape), under: $0[1], $0[2])
    },
    .at(
      "largestResponses", [[[2, 4, 2], [3, 4]], [[1, 2, 1], [1, 2]], [[0, 3, 2], [2, 2]]]
    ) {
      $0[0].largestResponses(to: $0[1])
    },
    .at("windows", [[[2, 3, 2]], [[1, 2, 1]], [[0, 3, 2]]]) { $0[0].windows(of: 2) },
    .at(
      "lstm",
      [
        [[2, 3, 8], [2, 8], [3, 2], [3, 2]], [[1, 1, 4], [1, 4], [1, 1], [1, 1]],
        [[3, 0, 8], [2, 8], [0, 2], [0, 2]],
      ]
    ) { $0[0].lstm($0[1], hidden: $0[2], cell: $0[3]) },
    .at(
      "gru",
      [
        [[2, 3, 6], [2, 6], [2], [3, 2]], [[1, 1, 3], [1, 3], [1], [1, 1]],
        [[3, 0, 6], [2, 6], [2], [0, 2]],
      ]
    ) { $0[0].gru($0[1], bias: $0[2], hidden: $0[3]) },
    .at("bernoulliLogProbability(batch)", [[[3]], [[2, 3]], [[4, 2, 3]]]) {
      $0[0].bernoulliLogProbability(
        of: Bits([true, false, true, false, false, true], shape: [2, 3]))
    },
  ]

  static let surrogates: [DifferentiableOperation] = [
    // The gradient it is told is the true one, so that differences agree.
    .at("pulling", [[[], []], [[2], [2]], [[2], [2, 3]], [[], [1, 2]], [[0], [0, 2]]]) { inputs in
      let (x, y) = (inputs[0], inputs[1])
      let value = x * x + y.detached().exp().sum(along: Array(x.rank..<y.rank))
      return value.pulling(y.exp(), into: y)
    }
  ]
}
