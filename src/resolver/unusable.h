// Why a response that matched its query was not taken: code and text of a row that got nothing better.
#ifndef DNSWARM_RESOLVER_UNUSABLE_H_
#define DNSWARM_RESOLVER_UNUSABLE_H_

#include <cstdint>
#include <string_view>

namespace dnswarm {

enum class Unusable : uint8_t {
  no,
  bad_counts,
  bad_name,
  bad_rdata,
  bad_opt,
  truncated_over_tcp,
  tcp_unreachable,
  referral,
  other_case,
  missing_cookie,
};

struct UnusableText {
  std::string_view code;  // stable
  std::string_view text;
};

constexpr UnusableText text_of(Unusable why) {
  constexpr std::string_view usual = "only unusable responses came";
  switch (why) {
    case Unusable::no: break;
    case Unusable::bad_counts: return {"bad_counts", usual};
    case Unusable::bad_name: return {"bad_name", usual};
    case Unusable::bad_rdata: return {"bad_rdata", usual};
    case Unusable::bad_opt: return {"bad_opt", usual};
    case Unusable::truncated_over_tcp: return {"truncated_over_tcp", usual};
    case Unusable::tcp_unreachable: return {"tcp_unreachable", usual};
    case Unusable::referral: return {"referral", usual};
    case Unusable::other_case:
      return {"other_case",
              "the letters came back in another case, and TCP did not confirm it (--no-0x20 takes such)"};
    case Unusable::missing_cookie:
      return {"missing_cookie",
              "our cookie did not come back, and TCP did not confirm the answer (--no-cookies takes such)"};
  }
  return {};
}

}  // namespace dnswarm

#endif  // DNSWARM_RESOLVER_UNUSABLE_H_
