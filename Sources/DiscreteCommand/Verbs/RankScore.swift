import ArgumentParser
import Experiments
import Formats
import Runs

extension Rank {
  /// Scores of documents by a saved scorer.
  struct Score: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Score documents with what 'rank learn' has trained.",
      discussion: """
        Prints a score for each document, in the order of the file, the larger the more relevant to its query; scores of different \
        queries do not compare. FILE is in the format that 'discrete rank learn' reads, whose grades are not looked at. 'discrete \
        eval' has the NDCG of their order.

        EXAMPLE
         discrete rank score runs/ranker rank.test > scores.txt
        """)

    @OptionGroup var source: SavedModelOptions
    @Argument(help: ArgumentHelp("Documents to score.", valueName: "file")) var file: String
    @Option(help: ArgumentHelp(RankerSettings.groups.help, valueName: "file"))
    var groups: String?
    @Flag(help: "Print one JSON object per document.") var json = false

    func run() throws {
      let ranker = try TrainedRanker(run: source.path, checkpoint: source.choice())
      let documents = try ranker.documents(file, groups: groups) { tell($0) }
      let scores = ranker.scores(of: documents)
      for (query, rows) in documents.queries.enumerated() {
        for row in rows {
          if json {
            print(["query": JSON(query + 1), "score": JSON(scores[row])] as JSON)
          } else {
            print(scores[row].description)
          }
        }
      }
    }
  }
}
