import Formats
import Learning
import Models
import Tensors

/// The Python module of an exported model.
enum PythonModule {
  case images(TrainedImageModel)
  case sequences(TrainedSequences)
  case ranker(TrainedRanker)
  case sorter(TrainedSorter)

  var text: String {
    """
    \"\"\"\(summary)

    Written by swift-discrete; needs torch and safetensors. load() returns the model with its weights, which stand beside this file.
    \"\"\"

    \(imports)import torch
    from safetensors.torch import load_file
    from torch import nn

    HERE = Path(__file__).parent
    \(code)


    def load():
        model = Model()
        model.load_state_dict(load_file(HERE / "\(PyTorchExport.weightsFile)"))
        return model.eval()

    """
  }

  private var imports: String {
    switch self {
    case .sequences: "import json\nfrom pathlib import Path\n\n"
    case .images, .ranker, .sorter: "from pathlib import Path\n\n"
    }
  }

  private var summary: String {
    switch self {
    case .images(let saved):
      saved.configuration.model == .beliefNetwork && !saved.isMixture
        ? "A belief network of binary images of \(saved.width) x \(saved.height)."
        : "An autoencoder with discrete latents of binary images of \(saved.width) x \(saved.height)."
    case .sequences: "A generator of sequences."
    case .ranker: "A scorer of documents by their features."
    case .sorter: "A scorer by which a sequence is sorted."
    }
  }

  private var code: String {
    switch self {
    case .images(let saved): saved.python
    case .sequences(let saved): saved.python
    case .ranker(let saved): saved.python
    case .sorter(let saved): saved.python
    }
  }
}

extension TrainedImageModel {
  /// Whether it is a mixture, which `train belief-network` makes with categorical latents.
  var isMixture: Bool {
    if case .categorical = configuration.latents { true } else { false }
  }

  /// The maps between layers: what stands in front of a link's output is under `hidden`, as in the
  /// checkpoint.
  private static let link = """


    class Link(nn.Linear):
        \"\"\"A linear map behind tanh layers; sizes are those of inputs, layers and outputs.\"\"\"

        def __init__(self, *sizes):
            super().__init__(*sizes[-2:])
            self.hidden = nn.ModuleList(map(nn.Linear, sizes[:-2], sizes[1:-1]))

        def forward(self, x):
            for layer in self.hidden:
                x = torch.tanh(layer(x))
            return super().forward(x)
    """

  fileprivate var python: String {
    let sizes = """
      HEIGHT, WIDTH = \(height), \(width)
      HIDDEN = \(pythonList(configuration.hidden))
      """
    if configuration.model == .beliefNetwork, case .bernoulli(let layers) = configuration.latents {
      return sizes + "\nLAYERS = \(pythonList(layers))" + Self.link + Self.network
    }
    let event =
      switch configuration.latents {
      case .bernoulli(let layers): pythonList(layers)
      case .categorical(let variables, let classes): pythonList([variables, classes])
      case .structure: pythonList(configuration.latents.sizes)
      }
    return sizes + "\nEVENT = \(event)  # bits, or variables of so many classes"
      + "\nLABELS = \(labelCount ?? 0)" + Self.link + Self.autoencoder
  }

  private static let network = """



    class Model(nn.Module):
        \"\"\"p(x, h) and q(h | x): x [rows, HEIGHT * WIDTH] of 0 and 1, a layer h [rows, units] likewise.\"\"\"

        def __init__(self):
            super().__init__()
            sizes = [HEIGHT * WIDTH] + LAYERS
            self.register_buffer("mean", torch.zeros(sizes[0]))
            self.encoder = nn.ModuleList(Link(a, *HIDDEN, b) for a, b in zip(sizes, sizes[1:]))
            self.decoder = nn.ModuleList(Link(b, *HIDDEN, a) for a, b in zip(sizes, sizes[1:]))
            self.prior = nn.ParameterDict({"logits": torch.zeros(sizes[-1])})

        def posterior(self, below, layer=0):
            \"\"\"Logits of a layer given the one below, or given x for the first.\"\"\"
            return self.encoder[layer](below - self.mean if layer == 0 else 2 * below - 1)

        def likelihood(self, above, layer=0):
            \"\"\"Logits of a layer given the one above, those of x for 0.\"\"\"
            return self.decoder[layer](2 * above - 1)

        def codes(self, x):
            \"\"\"The most probable bits of the first layer.\"\"\"
            return (self.posterior(x) > 0).float()

        def sample(self, count):
            \"\"\"Probabilities of the pixels of new images.\"\"\"
            h = torch.bernoulli(torch.sigmoid(self.prior["logits"]).expand(count, -1))
            for layer in reversed(range(1, len(LAYERS))):
                h = torch.bernoulli(torch.sigmoid(self.likelihood(h, layer)))
            return torch.sigmoid(self.likelihood(h))
    """

  private static let autoencoder = """



    class Model(nn.Module):
        \"\"\"p(x, z) and q(z | x): x [rows, HEIGHT * WIDTH] of 0 and 1, z [rows] + EVENT of bits or one-hot rows.

        With LABELS there is a label y beside z, a one-hot row, which both are given.
        \"\"\"

        def __init__(self):
            super().__init__()
            pixels, size = HEIGHT * WIDTH, torch.Size(EVENT).numel()
            self.register_buffer("mean", torch.zeros(pixels))
            if LABELS:
                self.classifier = Link(pixels, *HIDDEN, LABELS)
            self.encoder = Link(pixels + LABELS, *HIDDEN, size)
            self.decoder = Link(size + LABELS, *reversed(HIDDEN), pixels)
            self.prior = nn.ParameterDict({"logits": torch.zeros(EVENT)})

        def labels(self, x):
            \"\"\"Logits of the label.\"\"\"
            return self.classifier(x - self.mean)

        def posterior(self, x, *label):
            \"\"\"Logits of z, [rows] + EVENT.\"\"\"
            return self.encoder(torch.cat([x - self.mean, *label], -1)).reshape(-1, *EVENT)

        def likelihood(self, z, *label):
            \"\"\"Logits of x.\"\"\"
            features = (2 * z - 1 if len(EVENT) == 1 else z).flatten(1)
            return self.decoder(torch.cat([features, *label], -1))

        def codes(self, x):
            \"\"\"The most probable label as a one-hot row, if there is one, and z given it, flat.\"\"\"
            label = [one_hot(self.labels(x))] if LABELS else []
            logits = self.posterior(x, *label)
            z = (logits > 0).float() if len(EVENT) == 1 else one_hot(logits)
            return torch.cat([*label, z.flatten(1)], -1)

        def sample(self, count):
            \"\"\"Probabilities of the pixels of new images; labels go round.\"\"\"
            logits = self.prior["logits"].expand(count, *EVENT)
            if len(EVENT) == 1:
                z = torch.bernoulli(torch.sigmoid(logits))
            else:
                z = torch.distributions.OneHotCategorical(logits=logits).sample()
            label = [torch.eye(LABELS)[torch.arange(count) % LABELS]] if LABELS else []
            return torch.sigmoid(self.likelihood(z, *label))


    def one_hot(logits):
        return nn.functional.one_hot(logits.argmax(-1), logits.shape[-1]).float()
    """
}

extension TrainedSequences {
  fileprivate var python: String {
    let (vocabulary, size) = (generator.vocabulary, generator.embedding.weight.shape[1])
    let texts =
      configuration.data == nil
      ? "None" : "json.loads((HERE / \"\(SequenceTexts.fileName)\").read_text())"
    return """
      VOCABULARY, LENGTH = \(vocabulary), \(generator.length)
      START = \(generator.start)  # what the first step sees
      END = \(generator.end.map(String.init) ?? "None")  # what ends a sequence and fills it up
      TEXTS = \(texts)  # of the tokens


      class Model(nn.Module):
          \"\"\"The law of sequences of tokens [rows, LENGTH].\"\"\"

          def __init__(self):
              super().__init__()
              self.embedding = nn.Embedding(VOCABULARY, \(size))
              self.recurrence = nn.LSTM(\(size), \(generator.recurrence.units), batch_first=True)
              self.output = nn.Linear(\(generator.recurrence.units), VOCABULARY)

          def forward(self, tokens):
              \"\"\"The log-probability of each token given those before it; 0 after the end.\"\"\"
              start = torch.full_like(tokens[:, :1], START)
              hidden, _ = self.recurrence(self.embedding(torch.cat([start, tokens[:, :-1]], 1)))
              logits = self.output(hidden).log_softmax(-1)
              logs = logits.gather(-1, tokens[..., None])[..., 0]
              if END is not None:
                  ended = (tokens == END).cumsum(1) - (tokens == END).long() > 0
                  logs = logs.masked_fill(ended, 0)
              return logs

          @torch.no_grad()
          def sample(self, count, temperature=1.0):
              \"\"\"New sequences.\"\"\"
              token, state, drawn = torch.full((count, 1), START), None, []
              ended = torch.zeros(count, 1, dtype=torch.bool)
              for _ in range(LENGTH):
                  hidden, state = self.recurrence(self.embedding(token), state)
                  logits = self.output(hidden[:, 0]) / temperature
                  token = torch.multinomial(logits.softmax(-1), 1)
                  if END is not None:
                      token = token.masked_fill(ended, END)
                      ended = ended | (token == END)
                  drawn.append(token)
              return torch.cat(drawn, 1)
      """
  }
}

extension TrainedRanker {
  fileprivate var python: String {
    let sizes = [featureNumbers.count] + configuration.hidden + [1]
    return """
      FEATURES = \(pythonList(featureNumbers))  # the number of each column in files


      class Model(nn.Module):
          \"\"\"Scores [documents] of features [documents, \(featureNumbers.count)], in the columns of FEATURES.\"\"\"

          def __init__(self):
              super().__init__()
              sizes = \(pythonList(sizes))
              for name in ["mean", "mean_rest", "scale"]:
                  self.register_buffer(name, torch.zeros(sizes[0]))
              self.layers = nn.ModuleList(map(nn.Linear, sizes[:-1], sizes[1:]))

          def forward(self, features):
              values = (features - self.mean - self.mean_rest) * self.scale
              for layer in self.layers[:-1]:
                  values = torch.relu(layer(values))
              return self.layers[-1](values)[:, 0]
      """
  }
}

extension TrainedSorter {
  fileprivate var python: String {
    let outputs: Int
    switch configuration.method {
    case .relaxed, .sampled: outputs = 1
    case .matching: outputs = configuration.length
    }
    let order =
      outputs == 1
      ? """

          def order(self, items):
              \"\"\"The item at each place, the largest first.\"\"\"
              return self(items)[..., 0].argsort(descending=True)
      """
      : """

          # scipy.optimize.linear_sum_assignment of a sequence's scores gives its order.
      """
    guard let (height, width) = size else {
      return """


        class Model(nn.Module):
            \"\"\"Scores [sequences, n, \(outputs)] of numbers [sequences, n].\"\"\"

            def __init__(self):
                super().__init__()
                self.dense = nn.Linear(1, 32)
                self.output = nn.Linear(32, \(outputs))

            def forward(self, numbers):
                return self.output(torch.relu(self.dense(numbers[..., None])))
        \(order)
        """
    }
    return """


      class Model(nn.Module):
          \"\"\"Scores [sequences, n, \(outputs)] of images [sequences, n, \(height), \(width)] in [0, 1].\"\"\"

          def __init__(self):
              super().__init__()
              self.near = nn.Conv2d(1, 32, 5, padding=2)
              self.far = nn.Conv2d(32, 64, 5, padding=2)
              self.dense = nn.Linear(\(SorterConfiguration.features(height: height, width: width)), 64)
              self.output = nn.Linear(64, \(outputs))

          def forward(self, images):
              x = images.reshape(-1, 1, \(height), \(width))
              for filters in [self.near, self.far]:
                  x = torch.relu(nn.functional.max_pool2d(filters(x), 2))
              # The dense layer sees the filters of a place beside each other.
              x = torch.relu(self.dense(x.permute(0, 2, 3, 1).flatten(1)))
              return self.output(x).reshape(*images.shape[:2], -1)
      \(order)
      """
  }
}

private func pythonList(_ values: [Int]) -> String {
  "[" + values.map(String.init).joined(separator: ", ") + "]"
}
