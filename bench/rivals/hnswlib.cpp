// hnswlib as its authors intend it to run, behind the protocol of serve.ts: one thread, inner product, raw little-endian files.
//
//   hnswlib serve BASE QUERIES TRUTH DIMENSIONS TRUTH_K K M EF_CONSTRUCTION ROUNDS EF,EF,... [GRAPH]
//
// GRAPH is read when it exists, else written after the build. Every answer is one line of JSON.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "hnswlib/hnswlib.h"

using Clock = std::chrono::steady_clock;
using Graph = hnswlib::HierarchicalNSW<float>;

namespace {

double secondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

template <typename T>
std::vector<T> readAll(const char* path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) {
    std::fprintf(stderr, "got no file at %s\n", path);
    std::exit(2);
  }
  std::vector<T> values(static_cast<size_t>(file.tellg()) / sizeof(T));
  file.seekg(0).read(reinterpret_cast<char*>(values.data()), values.size() * sizeof(T));
  return values;
}

struct Asked {
  std::vector<float> queries;
  std::vector<unsigned> truth;
  size_t dimensions, truthK, k, rounds;
  size_t count() const { return queries.size() / dimensions; }
  const float* query(size_t i) const { return queries.data() + i * dimensions; }
};

// The share of true neighbours among the answers.
double recallOf(Graph& graph, const Asked& asked) {
  size_t found = 0;
  for (size_t i = 0; i < asked.count(); i++) {
    const unsigned* expected = asked.truth.data() + i * asked.truthK;
    auto answer = graph.searchKnn(asked.query(i), asked.k);
    for (; !answer.empty(); answer.pop())
      found += std::count(expected, expected + asked.k, static_cast<unsigned>(answer.top().second));
  }
  return static_cast<double>(found) / (asked.count() * asked.k);
}

size_t sink = 0;

// As in serve.ts.
const double warmSeconds = 1;
const double passSeconds = 0.25;

// Runs all queries at least once, and for at least `seconds`.
double searchesPerSecond(Graph& graph, const Asked& asked, double seconds) {
  size_t searches = 0;
  const auto start = Clock::now();
  for (; searches == 0 || secondsSince(start) < seconds; searches += asked.count())
    for (size_t i = 0; i < asked.count(); i++) sink += graph.searchKnn(asked.query(i), asked.k).top().second;
  return searches / secondsSince(start);
}

void printRates(size_t ef, double recall, std::vector<double> rates) {
  std::sort(rates.begin(), rates.end());
  double mean = 0, variance = 0;
  for (double rate : rates) mean += rate / rates.size();
  for (double rate : rates) variance += (rate - mean) * (rate - mean) / rates.size();
  std::printf("{\"ef\":%zu,\"recall\":%.5f,\"qpsMedian\":%.1f,\"qpsMin\":%.1f,\"qpsStd\":%.1f}\n", ef, recall,
              rates[rates.size() / 2], rates.front(), std::sqrt(variance));
  std::fflush(stdout);
}

void ask(Graph& graph, const Asked& asked, size_t ef) {
  graph.setEf(ef);
  const double recall = recallOf(graph, asked);
  std::vector<double> rates;
  for (size_t round = 0; round < asked.rounds; round++) {
    rates.push_back(searchesPerSecond(graph, asked, passSeconds));
  }
  printRates(ef, recall, rates);
}

// Level 0 is one block per vector (links, floats, label); the upper levels and the pointer to them are additional.
double bytesPerVector(const Graph& graph, size_t count) {
  size_t bytes = 0;
  for (size_t i = 0; i < count; i++)
    bytes += graph.size_data_per_element_ + sizeof(char*) + graph.element_levels_[i] * graph.size_links_per_element_;
  return static_cast<double>(bytes) / count;
}

const char* instructions() {
#if defined(USE_AVX512)
  if (AVX512Capable()) return "avx512";
#endif
#if defined(USE_AVX)
  if (AVXCapable()) return "avx";
#endif
  return "baseline";
}

int serve(char** a, int count) {
  const size_t dimensions = std::stoul(a[3]);
  const std::vector<float> base = readAll<float>(a[0]);
  const size_t rows = base.size() / dimensions;
  const Asked asked{readAll<float>(a[1]), readAll<unsigned>(a[2]), dimensions,
                    std::stoul(a[4]),     std::stoul(a[5]),        std::stoul(a[8])};
  hnswlib::InnerProductSpace space(dimensions);
  const char* path = count > 10 ? a[10] : nullptr;
  const bool opened = path && std::ifstream(path).good();
  const auto start = Clock::now();
  Graph graph = opened ? Graph(&space, path) : Graph(&space, rows, std::stoul(a[6]), std::stoul(a[7]));
  for (size_t i = graph.cur_element_count; i < rows; i++) graph.addPoint(base.data() + i * dimensions, i);
  std::printf("{\"%s\":%.3f,\"rows\":%zu,\"bytesPerVector\":%.1f,\"instructions\":\"%s\"}\n",
              opened ? "openSeconds" : "buildSeconds", secondsSince(start), rows, bytesPerVector(graph, rows), instructions());
  std::fflush(stdout);
  if (path && !opened) graph.saveIndex(path);
  graph.setEf(std::stoul(a[9]));
  searchesPerSecond(graph, asked, warmSeconds);
  for (std::string list = a[9]; !list.empty();) {
    const size_t comma = list.find(',');
    ask(graph, asked, std::stoul(list));
    list = comma == std::string::npos ? "" : list.substr(comma + 1);
  }
  return sink == 1 ? 3 : 0;
}

}  // namespace

int main(int count, char** arguments) {
  const std::string command = count > 1 ? arguments[1] : "";
  if (command == "serve" && count >= 12) return serve(arguments + 2, count - 2);
  std::fputs("got other arguments, expected those at the head of hnswlib.cpp\n", stderr);
  return 2;
}
