@_exported public import Datasets
@_exported public import Experiments
@_exported public import Formats
@_exported public import Learning
@_exported public import Models
@_exported public import Runs
@_exported public import Stochastics
@_exported public import Tensors
