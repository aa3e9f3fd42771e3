extension KnownData {
  static let texts = [
    KnownData(
      name: "tiny-shakespeare",
      summary: "1,115,394 characters of Shakespeare; Karpathy 2015",
      files: [
        File(
          name: "tinyshakespeare.txt", remote: "input.txt", size: 1_115_394,
          digest: "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed")
      ],
      kind: .texts,
      mirrors: [
        "https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare"
      ]),
    KnownData(
      name: "coco-captions",
      summary:
        "20,000 captions of images, half of them to test on; Lin et al. 2014, Zhu et al. 2018",
      files: [
        File(
          name: "image_coco.txt", size: 546_442,
          digest: "2c0fd1f0f43aac6a9dc3926a535516ccf395de535e15ac1fd17cd569420736f5"),
        File(
          name: "test_coco.txt", remote: "testdata/test_coco.txt", size: 536_184,
          digest: "72e25c9fb4d2cd43182ac602c92f6ffc377762147f9709572943b0b09174bcae"),
      ],
      kind: .texts, mirrors: texygen),
    KnownData(
      name: "chinese-poems",
      summary: "16,394 poems of four lines; Zhu et al. 2018",
      files: [
        File(
          name: "shi.txt", size: 1_590_217,
          digest: "ac03c5fbb07776f0e43cb1ccfc74732f5313ab3d832df81c8e0db327df35e666")
      ],
      kind: .texts, mirrors: texygen),
  ]

  private static let texygen = [
    "https://raw.githubusercontent.com/geek-ai/Texygen/master/data"
  ]

  static let seqGANOracle = KnownData(
    name: "seqgan-oracle",
    summary: "the LSTM that SeqGAN is tested against, converted; Yu, Zhang, Wang, Yu 2017",
    files: [
      File(
        name: "seqgan_oracle.npz", size: 1_336_864,
        digest: "14cbf71614ecb8f04a40362ce0004f31cc6bac3032d263b4a386be7d449966b3"),
      File(
        name: "seqgan_oracle.safetensors", size: 1_334_512,
        digest: "a23cf97465b1195ca1586c805e40217c5722f6d4697cdd986b82dc756a82843b"),
    ],
    kind: .weights)
}
