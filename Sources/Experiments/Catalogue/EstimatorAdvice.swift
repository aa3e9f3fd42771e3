extension EstimatorCatalogue {
  /// When each is the one to take: the page *Which estimator?*, by name.
  static let advice: [String: String] = [
    "exact": "Where some thousand joint states can be summed, and to check others by.",
    "reinforce": "Any law, any cost; with three calls or more take baseline=leave-one-out.",
    "control-variate": "Where a cheap function with a known expectation resembles the cost.",
    "nvil": "A black box with one call, whose cost depends on a context.",
    "arm": "To compare with; disarm is never worse.",
    "disarm": "A black box over bits or classes with two calls.",
    "arsm": "To compare with, over classes.",
    "carms": "A black box over bits with three calls or more.",
    "bitflip": "A black box over bits that are all nearly certain.",
    "ugc": "A black box over bits of which many are nearly certain.",
    "unordered-set": "Classes whose samples would often repeat, or whose calls are dear.",
    "sum-and-sample": "Where a few states hold most of the mass.",
    "muprop": "A differentiable cost that also means something at the mean.",
    "rebar": "One sample of a strongly curved, differentiable cost.",
    "relax": "A black box with one call, where training a critic pays.",
    "double-cv": "A differentiable cost, no bias, and two samples or more.",
    "gumbel-softmax":
      "Where a relaxed point means something to the cost; with a temperature to tune.",
    "straight-through": "The plainest of the biased; check it against exact on a small instance.",
    "st-gumbel-softmax":
      "Where a relaxation is wanted at hard samples, with a temperature to tune.",
    "gumbel-rao": "As st-gumbel-softmax, with less variance for the same calls.",
    "reinmax": "A large model, a smooth cost, one pass: the first of the biased to try.",
    "pl-rank": "A known ranking metric of orders.",
    "neural-sort": "A differentiable cost of orders whose scores are crowded.",
    "soft-sort": "A differentiable cost of orders of many items.",
    "gumbel-sinkhorn": "A score for each pair of place and item, which is a matching.",
    "vimco": "A bound over several samples.",
  ]
}
