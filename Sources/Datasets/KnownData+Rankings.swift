extension KnownData {
  /// Elections and judgements of PrefLib; Mattei, Walsh 2013.
  static let rankings = [
    KnownData(
      name: "preflib-irish",
      summary: "three Irish elections of 2002, 9 to 14 candidates; PrefLib 00001",
      files: [
        File(
          name: "00001-00000001.soi", size: 372_176,
          digest: "2893eaa73ef003d245d7b62a6b521690b8e33e3a35fce61e6d2218c5b24236e3"),
        File(
          name: "00001-00000002.soi", size: 171_848,
          digest: "44732e5d9029ab7230284cb07fd83bef6e097e85a34e32ad487b4413a2641462"),
        File(
          name: "00001-00000003.soi", size: 485_904,
          digest: "4c07ec8222fc749a9d18930d87a66528fb0eca06815b594c833cc7cf36729245"),
      ],
      kind: .rankings, mirrors: prefLib("00001%20-%20irish")),
    KnownData(
      name: "preflib-dots",
      summary: "four pictures of dots in the order of their numbers; PrefLib 00024",
      files: [
        File(
          name: "00024-00000001.soc", size: 675,
          digest: "95a1d29822963329402195694cc62a2046fae8f5e3cf2e7e431df6f4456b58e0"),
        File(
          name: "00024-00000002.soc", size: 674,
          digest: "53d9b9ab0593c4de58bdf764168fe19fb3196a82b43ccc44310ff0fd7e2d3f44"),
        File(
          name: "00024-00000003.soc", size: 676,
          digest: "b9c231aa7ce860ec33d05aed44dd328e364f7926c90fb480bc49412e923debd4"),
        File(
          name: "00024-00000004.soc", size: 673,
          digest: "206ec157fb68e02d168db26942ebabeedb8cbe0454e507d0706709716a600d7b"),
      ],
      kind: .rankings, mirrors: prefLib("00024%20-%20dots")),
    KnownData(
      name: "preflib-apa",
      summary: "twelve elections of five candidates; PrefLib 00028",
      files: [
        File(
          name: "00028-00000001.soi", size: 3_944,
          digest: "968a8d934b90480b565b79a7f2533f449f04eff0d6b999108b7b68bcec75a3e7"),
        File(
          name: "00028-00000001.toc", size: 3_626,
          digest: "22441f8d2c729081396c3f186ef52aaf7468f17e90cd184dae7706c760d6d457"),
        File(
          name: "00028-00000002.soi", size: 4_027,
          digest: "6df10534c5432a9050101b18e6b6fe64e53d697bca033d34f1de018fa009b69c"),
        File(
          name: "00028-00000002.toc", size: 3_613,
          digest: "9777d1d61fc7bd7d79f8cab58347694cbd4aa6b80af80a977390da94e9ccb041"),
        File(
          name: "00028-00000003.soi", size: 4_036,
          digest: "85d7ddc613326e4fc82e32c25c1f0aaf06ccfb4f9e5d0a10b5ae9879e2cb2f3d"),
        File(
          name: "00028-00000003.toc", size: 3_630,
          digest: "bac0a3d3787772f7f039a34ce1029db74f5aa560e1e45dc1320bbb81793cedd6"),
        File(
          name: "00028-00000004.soi", size: 4_049,
          digest: "feefe893ed0e21421fccc4505899fa0da57a2458cc1875d206ba4845263357d9"),
        File(
          name: "00028-00000004.toc", size: 3_620,
          digest: "65e086a7cc80d02e8e36187dd8d3a34ec1f07522bb5341608879db7e58ac9e99"),
        File(
          name: "00028-00000005.soi", size: 4_060,
          digest: "180540578b1a655f9b8314a78027fec91d5547d41c295bad319d41f96f7d798d"),
        File(
          name: "00028-00000005.toc", size: 3_629,
          digest: "c5630899cc003122607c68285de841c04fd1bd43de4faef69b2dcfbebc292bf2"),
        File(
          name: "00028-00000006.soi", size: 3_846,
          digest: "9111ae296ed1ba7a6ce9dcf5e00082e071cc4ef966db638edef0c5d070d75344"),
        File(
          name: "00028-00000006.toc", size: 3_518,
          digest: "db51ceb0bdc556b443a1f184c331df2fe4f3958312633026265fa022cb44717c"),
        File(
          name: "00028-00000007.soi", size: 4_046,
          digest: "daf4e4a74d03785aee4a95bdb4fa74a3d9de907a94e453857e335544028bf8a8"),
        File(
          name: "00028-00000007.toc", size: 3_603,
          digest: "92f77f130968d41631f77b6540b88f1e468c29571c6fd6e279e5bce28157e0e0"),
        File(
          name: "00028-00000008.soi", size: 3_884,
          digest: "711d5d8601a54d32dfe2a8c5f5893afc67e543c679ca158978866789f559f3de"),
        File(
          name: "00028-00000008.toc", size: 3_599,
          digest: "c87b890ed88a87303b432dcd8ff2a0fc50c474af2542a2ccf3236d5482d64496"),
        File(
          name: "00028-00000009.soi", size: 3_902,
          digest: "0ec5cf0bcc4ee53637c48e87d169bca675850ec1dad27481bcd28ade4ecec1f6"),
        File(
          name: "00028-00000009.toc", size: 3_613,
          digest: "cf8665487d5f0eb447560a56be16c1eeff70befa84a72c584a86cf9bcb8db10e"),
        File(
          name: "00028-00000010.soi", size: 3_886,
          digest: "135824f877d7475684b141f290c1fcaf5b2129b4731d3645cdc7bb719a533d5d"),
        File(
          name: "00028-00000010.toc", size: 3_596,
          digest: "810ac1d9bfcea07f379332ceb7a79c573b8e9663e32887f64eb696bb00314ef6"),
        File(
          name: "00028-00000011.soi", size: 4_021,
          digest: "abc2b728395d7ac2e3fcd9d9775b1b28e4ddc35b70df6b9e871afb64dd3e5c13"),
        File(
          name: "00028-00000011.toc", size: 3_614,
          digest: "630f33d8cc6b148520c7806a09488ff23f106c748a07e38b06761b3ab56e100e"),
        File(
          name: "00028-00000012.soi", size: 3_922,
          digest: "891bfa7ce7dd8ffb0a36f9755f63b90eb71319c0545c6e92283e9b9f8ff84457"),
        File(
          name: "00028-00000012.toc", size: 3_606,
          digest: "a9a525c50feb76699527175c83480eea3eb98148017c1ab5420d7d918ab437af"),
      ],
      kind: .rankings, mirrors: prefLib("00028%20-%20apa")),
    KnownData(
      name: "preflib-breakfast",
      summary: "42 people and 15 breakfasts, six times; PrefLib 00035",
      files: [
        File(
          name: "00035-00000002.soc", size: 2_547,
          digest: "f3043c0ccd971325ca1ebcfee43341583071b75a0cef912f0ea1cf44ba337d7c"),
        File(
          name: "00035-00000003.soc", size: 2_560,
          digest: "790784d5d6af984f3068049f09439017bc4879b8f2634928f900f2457ed0dee5"),
        File(
          name: "00035-00000004.soc", size: 2_557,
          digest: "7013ed36716e5a2b0c2d7813b0da9cd272cf1bfe90eb66d7d8311485a6a32db0"),
        File(
          name: "00035-00000005.soc", size: 2_524,
          digest: "2ca3130f67ba014b533cc49d7a6d7f052d70d6c237c9fd2da10c36b191c01294"),
        File(
          name: "00035-00000006.soc", size: 2_519,
          digest: "312fb2ee3148cd8a30a502d30667e92425bfa6f25e0fe565b510a74ca2a94ca3"),
        File(
          name: "00035-00000007.soc", size: 2_562,
          digest: "3f2e13622df8dd8e379dcd6ca129f844f1a22dd6e62f99a16836b9e013e790c7"),
      ],
      kind: .rankings, mirrors: prefLib("00035%20-%20breakfast")),
  ]

  private static func prefLib(_ folder: String) -> [String] {
    ["PrefLib", "fleverest"].map {
      "https://raw.githubusercontent.com/\($0)/PrefLib-Data/main/datasets/\(folder)"
    }
  }
}
