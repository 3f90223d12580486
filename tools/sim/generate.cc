// Names as lists of real domains have them: a label of words, made-up words and numbers, one of the
// usual top-level domains in about their usual shares, and a host or none before it. Labels of each
// shape come from a shuffled sequence of all there are, so none comes twice (about 400 million).
#include "generate.h"

#include <bit>
#include <cstdio>
#include <functional>
#include <iterator>
#include <unordered_set>

#include "rule.h"

namespace dnswarm::sim {
namespace {

// clang-format off
constexpr const char* words[] = {
    "alpha", "apex", "aqua", "arbor", "art", "atlas", "auto", "baker", "bay", "bear", "berg",
    "best", "blue", "book", "bright", "build", "cafe", "camp", "care", "casa", "cedar", "city",
    "clean", "clear", "cloud", "club", "coast", "code", "coffee", "craft", "crystal", "data",
    "deal", "delta", "dental", "design", "digital", "direct", "dream", "eagle", "earth", "east",
    "easy", "eco", "edge", "elite", "energy", "event", "express", "family", "farm", "fast",
    "film", "fine", "first", "fit", "flow", "food", "forest", "forum", "fresh", "galaxy", "game",
    "garden", "global", "gold", "good", "grand", "green", "group", "guide", "happy", "harbor",
    "health", "hill", "home", "host", "hotel", "house", "ideal", "image", "inter", "iron",
    "island", "jet", "job", "joy", "key", "kids", "lab", "lake", "land", "law", "leaf", "learn",
    "life", "light", "line", "link", "lion", "local", "logic", "lucky", "luna", "magic", "map",
    "marine", "market", "master", "max", "media", "metro", "mind", "mobile", "modern", "moon",
    "motor", "mountain", "music", "nature", "net", "new", "news", "next", "noble", "nord",
    "north", "nova", "ocean", "office", "open", "orange", "org", "pacific", "page", "park",
    "partner", "peak", "photo", "pixel", "planet", "play", "plus", "point", "port", "power",
    "prime", "print", "pro", "pure", "quick", "radio", "rain", "real", "red", "river", "road",
    "rock", "rose", "royal", "safe", "school", "sea", "secure", "shop", "silver", "sky", "smart",
    "snow", "soft", "solar", "sound", "south", "space", "sport", "spring", "star", "stone",
    "studio", "style", "summit", "sun", "super", "swift", "team", "tech", "terra", "time", "top",
    "tour", "town", "trade", "travel", "tree", "true", "trust", "union", "urban", "valley",
    "video", "view", "village", "vision", "vital", "wave", "web", "west", "white", "wild", "wind",
    "wine", "wise", "wood", "work", "world", "yellow", "yoga", "young", "zen", "zone"};
// clang-format on
constexpr uint64_t word_count = std::size(words);

// In tenths of a percent of all; the shares are rough, from public counts of registrations.
struct Suffix {
  const char* text;
  unsigned share;
};
constexpr Suffix suffixes[] = {{".com", 480},  {".org", 70},    {".net", 70}, {".de", 60},
                               {".co.uk", 40}, {".nl", 30},     {".ru", 30},  {".com.br", 25},
                               {".fr", 25},    {".it", 20},     {".eu", 20},  {".info", 20},
                               {".io", 20},    {".com.au", 15}, {".pl", 15},  {".ca", 15},
                               {".ch", 10},    {".co.jp", 10},  {".xyz", 10}, {".dev", 15}};

struct Host {
  const char* text;
  unsigned share;  // in tenths of a percent
};
constexpr Host hosts[] = {{"", 330},       {"www.", 300}, {"mail.", 80}, {"api.", 50},
                          {"cdn.", 40},    {"blog.", 40}, {"shop.", 30}, {"m.", 30},
                          {"static.", 20}, {"img.", 20},  {"dev.", 20},  {"ns1.", 20},
                          {"login.", 10},  {"app.", 10}};
constexpr size_t host_count = std::size(hosts);

template <typename Item, size_t count>
size_t choose(const Item (&items)[count], uint64_t hash) {
  auto left = static_cast<unsigned>(hash % 1000);
  for (size_t i = 0; i < count; ++i) {
    if (left < items[i].share) return i;
    left -= items[i].share;
  }
  return 0;
}

// A bijection of [0, 2^bits) that scatters neighbours: rounds of an odd product and a shift.
uint64_t shuffle_bits(uint64_t x, unsigned bits, uint64_t seed) {
  const uint64_t mask = (uint64_t{1} << bits) - 1;
  for (unsigned round = 0; round < 3; ++round) {
    x = (x + mix64(seed + round)) & mask;
    x = (x * 0x9e3779b97f4a7c15u) & mask;
    x ^= x >> (bits / 2);
  }
  return x;
}
// The same for [0, size): codes beyond it are shuffled on.
uint64_t shuffle(uint64_t x, uint64_t size, uint64_t seed) {
  const auto bits = static_cast<unsigned>(std::bit_width(size - 1));
  do {
    x = shuffle_bits(x, bits, seed);
  } while (x >= size);
  return x;
}

// A made-up word: consonants and vowels in turn.
void append_syllables(uint64_t& code, unsigned letters, std::string& out) {
  constexpr std::string_view consonants = "bcdfghjklmnprstvwxyz";
  constexpr std::string_view vowels = "aeiou";
  for (unsigned i = 0; i < letters; ++i) {
    const std::string_view set = i % 2 == 0 ? consonants : vowels;
    out += set[code % set.size()];
    code /= set.size();
  }
}

// How the main label of a domain is made. Each shape has so many different labels.
enum Shape : unsigned { two_words, hyphen, word_and_syllable, word_and_number, brand, shapes };
constexpr uint64_t shape_sizes[shapes] = {word_count * word_count, word_count * word_count,
                                          word_count * 2000, word_count * 999,
                                          word_count * 200'000 * 10};

void append_label(Shape shape, uint64_t code, std::string& out) {
  const auto word = [&] {
    out += words[code % word_count];
    code /= word_count;
  };
  switch (shape) {
    case two_words:
      return word(), word();
    case hyphen:
      return word(), out += '-', word();
    case word_and_syllable:
      return word(), append_syllables(code, 3, out);
    case word_and_number:
      return word(), void(out += std::to_string(code + 1));
    case brand:
    case shapes:
      break;
  }
  append_syllables(code, 5, out);
  const uint64_t number = code % 10;
  code /= 10;
  word();
  if (number > 0) out += static_cast<char>('0' + number);
}

// One to three hosts of each domain, all different; or the domains alone.
class RealisticNames {
 public:
  explicit RealisticNames(uint64_t seed) : seed_(seed) {}
  void append_next_domain(std::string& out) {
    next_domain();
    out += domain_;
  }
  void append_next(std::string& out) {
    if (left_ == 0) next_domain();
    out += hosts[host_].text;
    out += domain_;
    host_ = (host_ + 1) % host_count;
    --left_;
  }

 private:
  void next_domain() {
    const uint64_t hash = mix64(seed_ ^ mix64(++domains_));
    left_ = 1 + (hash % 10 >= 7) + (hash % 10 >= 9);
    host_ = choose(hosts, hash >> 16);
    constexpr Shape by_share[10] = {two_words,       two_words, two_words, two_words,
                                    two_words,       hyphen,    hyphen,    word_and_syllable,
                                    word_and_number, brand};
    Shape shape = by_share[(hash >> 8) % 10];
    if (used_[shape] == shape_sizes[shape]) shape = brand;
    // Two shapes may make the same label ("star" "trade", "start" "rade"): the later one is passed
    // over.
    do {
      const uint64_t code =
          shuffle(used_[shape]++ % shape_sizes[shape], shape_sizes[shape], seed_ + shape);
      domain_.clear();
      append_label(shape, code, domain_);
    } while (!labels_.insert(std::hash<std::string>{}(domain_)).second);
    domain_ += suffixes[choose(suffixes, mix64(hash))].text;
  }

  uint64_t seed_;
  uint64_t domains_ = 0;
  uint64_t used_[shapes] = {};
  std::unordered_set<size_t> labels_;  // hashes: 30 octets a domain, a few million of them
  std::string domain_;
  unsigned left_ = 0;
  size_t host_ = 0;
};

// Subdomains that a brute force would try, of one domain.
void append_wordlist_name(uint64_t i, std::string& out) {
  out += words[i % word_count];
  uint64_t rest = i / word_count;
  if (rest > 0) {
    out += '-';
    --rest;
    out += words[rest % word_count];
    rest /= word_count;
    if (rest > 0) out += std::to_string(rest);
  }
  out += ".target.example";
}

void append_unique_name(uint64_t i, uint64_t seed, std::string& out) {
  constexpr char digits[] = "abcdefghijklmnopqrstuvwxyz234567";
  const uint64_t code = shuffle_bits(i, 40, seed);
  out += 'u';
  for (unsigned digit = 0; digit < 8; ++digit) out += digits[code >> (5 * digit) & 31];
  out += ".example.com";
}

class NameSource {
 public:
  NameSource(uint64_t seed, std::string_view kind) : seed_(seed), kind_(kind), realistic_(seed) {}
  void append_next(std::string& out) {
    if (kind_ == "wordlist") {
      append_wordlist_name(next_++, out);
    } else if (kind_ == "unique") {
      append_unique_name(next_++, seed_, out);
    } else if (kind_ == "domains") {
      realistic_.append_next_domain(out);
    } else {
      realistic_.append_next(out);
    }
    out += '\n';
  }

 private:
  uint64_t seed_;
  std::string_view kind_;
  RealisticNames realistic_;
  uint64_t next_ = 0;
};

}  // namespace

void append_names(uint64_t count, uint64_t seed, std::string_view kind, std::string& out) {
  NameSource source(seed, kind);
  for (uint64_t i = 0; i < count; ++i) source.append_next(out);
}

int generate_names(uint64_t count, uint64_t seed, std::string_view kind) {
  constexpr size_t block_octets = 1 << 20;
  NameSource source(seed, kind);
  std::string block;
  for (uint64_t i = 0; i < count; ++i) {
    source.append_next(block);
    if (block.size() < block_octets && i + 1 < count) continue;
    if (std::fwrite(block.data(), 1, block.size(), stdout) != block.size()) return 1;
    block.clear();
  }
  return std::fflush(stdout) == 0 ? 0 : 1;
}

}  // namespace dnswarm::sim
