import ArgumentParser
import Formats
import Learning
import Models
import Runs
import Tensors

extension Rank {
  /// Learning to rank documents by their features.
  struct Learn: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Learn to rank documents by their features, from graded ones.",
      discussion: """
        FILE is in the format of SVMlight and LETOR: 'grade qid:query number:value ...' on each line, also with .gz; or without qid and with \
        a file of group sizes, which --groups names or which stands beside it as FILE.query. Features are standardised by the training documents. NDCG has the gain 2^grade - 1 and, where scores are equal, is the mean over their orders; queries without a \
        relevant document are left out of its mean, which is - or null where none is left.

        METHODS: list-mle (the likelihood of the order of the grades) and pl-rank (the expected DCG of the first places, by PL-Rank).
        """)

    @Argument(help: ArgumentHelp("Documents to learn from.", valueName: "file"))
    var file: String
    @Option(help: ArgumentHelp("Documents to test on.", valueName: "file"))
    var test: String
    @Option(help: ArgumentHelp("Group sizes of the documents, one a line.", valueName: "file"))
    var groups: String?
    @Option(help: ArgumentHelp("Group sizes of those to test on.", valueName: "file"))
    var testGroups: String?
    @Option(help: ArgumentHelp("list-mle or pl-rank.", valueName: "name"))
    var method = "list-mle"
    @Option(
      parsing: .unconditional,
      help: ArgumentHelp("Sizes of hidden layers; none for a linear scorer.", valueName: "sizes"))
    var hidden = "32"
    @Option(parsing: .unconditional, help: ArgumentHelp("Orders of a query.", valueName: "n"))
    var samples = 100
    @Option(parsing: .unconditional, help: ArgumentHelp("Places of pl-rank.", valueName: "n"))
    var cutoff = 10
    @Option(parsing: .unconditional, help: ArgumentHelp("Queries in a batch.", valueName: "n"))
    var batchSize = 10
    @Option(parsing: .unconditional, help: ArgumentHelp("Passes over all queries.", valueName: "n"))
    var epochs = 20
    @Option(parsing: .unconditional, help: ArgumentHelp("Of Adam.", valueName: "rate"))
    var learningRate = 0.001
    @Option(parsing: .unconditional, help: "What weights, batches and orders are drawn from.")
    var seed: UInt64 = 1
    @Option(help: ArgumentHelp("Write the scorer, as safetensors.", valueName: "file"))
    var out: String?
    @Flag(help: "Print one JSON object per epoch.") var json = false

    private static let cutoffs = [1, 3, 5, 10]

    func run() throws {
      for (name, value) in [
        ("samples", samples), ("cutoff", cutoff), ("batch-size", batchSize), ("epochs", epochs),
      ] where !(1...1_000_000).contains(value) {
        throw Failure(.usage, "\(name) is '\(value)', not a whole number from 1 to 1000000")
      }
      guard learningRate > 0, learningRate.isFinite else {
        throw Failure(.usage, "learning-rate is '\(learningRate)', not a positive number")
      }
      let sizes = hidden.isEmpty ? [] : hidden.split(separator: ",").map { Int($0) ?? 0 }
      guard sizes.allSatisfy({ (1...10_000).contains($0) }) else {
        throw Failure(
          .usage, "hidden is '\(hidden)', not sizes from 1 to 10000 with commas between")
      }
      let loss: RankingLoss
      switch method {
      case "list-mle": loss = .listMLE
      case "pl-rank": loss = .plackettLuceRank(samples: samples, cutoff: cutoff)
      default:
        throw Failure(.usage, unknown("method", method, among: ["list-mle", "pl-rank"]))
      }
      let training = try documents(file, groups, option: "--groups")
      let held = try documents(
        test, testGroups, option: "--test-groups", featureNumbers: training.featureNumbers)
      if held.ignoredFeatureCount > 0 {
        tell(
          "\(test): \(held.ignoredFeatureCount) features that \(file) has not are left out")
      }
      if let out { try checkCreatable(out) }
      try learn(training, held, hidden: sizes, loss)
    }

    /// Reads documents; says which file told their queries if nobody has named it.
    private func documents(
      _ path: String, _ groups: String?, option: String, featureNumbers: [Int]? = nil
    ) throws -> JudgedDocuments {
      do throws(FormatError) {
        let documents = try JudgedDocuments(
          svmlight: path, groups: groups, featureNumbers: featureNumbers)
        if groups == nil, let found = documents.groups {
          tell("\(path): queries are those of \(found); \(option) names another file")
        }
        return documents
      } catch {
        guard error.message.hasSuffix(JudgedDocuments.noQueries) else { throw error }
        throw FormatError(error.kind, "\(error), which \(option) names")
      }
    }

    private func learn(
      _ training: JudgedDocuments, _ held: JudgedDocuments, hidden: [Int], _ loss: RankingLoss
    ) throws {
      var generator = Philox(seed: seed)
      var trainer = Trainer(
        DocumentScorer(standardizing: training, hidden: hidden, using: &generator),
        optimizer: Adam(), learningRate: learningRate)
      let constant = trainer.model.constantFeatures
      if !constant.isEmpty {
        let shown = constant.prefix(5).map(String.init).joined(separator: ", ")
        let rest = constant.count > 5 ? ", ..." : ""
        tell(
          "\(file): \(constant.count) of \(training.featureCount) features never change there, and are not learned from: \(shown)\(rest)"
        )
      }
      let (features, tests) = (Tensor(of: training), Tensor(of: held))
      if !json {
        print(
          padded("epoch", 7) + padded("loss", 11)
            + Self.cutoffs.map { padded("NDCG@\($0)", 9) }.joined())
      }
      for epoch in 1...epochs {
        var sum = 0.0
        let order = training.queries.shuffled(using: &generator)
        for first in stride(from: 0, to: order.count, by: batchSize) {
          let batch = order[first..<min(order.count, first + batchSize)]
          let rows = batch.flatMap(Array.init)
          let own = features.gathering(Indices(rows, shape: [rows.count]), along: 0)
          let value = try trainer.descend { scorer in
            loss(
              scorer(own), grades: batch.map { Array(training.grades[$0]) }, using: &generator
            ).mean()
          }
          sum += Double(value) * Double(batch.count)
        }
        let scores = trainer.model(tests)
        guard scores.allFinite else {
          throw Failure(
            .failedCheck,
            "the scores of the documents to test on are not all finite at epoch \(epoch)")
        }
        report(
          epoch, loss: sum / Double(order.count), scores: scores.scalars.map { Double($0) },
          of: held)
      }
      if let out { try Checkpoint.save(trainer.model, metadata: metadata(training), to: out) }
    }

    /// Which feature each column of the scorer is, so that other files can be read in its order.
    private func metadata(_ training: JudgedDocuments) -> [String: String] {
      [
        "method": method,
        "features": training.featureNumbers.map(String.init).joined(separator: ","),
      ]
    }

    private func report(
      _ epoch: Int, loss: Double, scores: [Double], of documents: JudgedDocuments
    ) {
      let gains = Self.cutoffs.map {
        DiscountedGain.normalized(scores: scores, of: documents, cutoff: $0)
      }
      if json {
        var members: [JSON.Member] = [.init("epoch", JSON(epoch)), .init("loss", JSON(loss))]
        for (cutoff, gain) in zip(Self.cutoffs, gains) {
          members.append(.init("ndcg_\(cutoff)", gain.mean.map { JSON($0) } ?? .null))
        }
        members.append(.init("queries", JSON(gains[0].queries)))
        print(JSON.object(members))
      } else {
        print(
          padded("\(epoch)", 7) + padded(decimal(loss, 5), 11)
            + gains.map { padded($0.mean.map { decimal($0, 4) } ?? "-", 9) }.joined())
      }
    }
  }
}
