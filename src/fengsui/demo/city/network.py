"""How do noded pieces become a clean street network?

Step 9 of the recipe: weld degree-2 nodes, contract edges below 9 m, drop doubles, keep the largest connected part.
The network is a small mutable graph; every edge keeps its geometry, both end nodes included.
"""

import math
from collections import deque
from dataclasses import dataclass, field

import numpy as np
import shapely

from fengsui.demo.city.axis import Floats
from fengsui.demo.city.lines import Rank
from fengsui.demo.city.noding import Pieces

SHORTEST_M = 9.0
CRUMB_M = 4.0
CORNER = math.radians(52)


@dataclass
class Edge:
    """A stretch of road between two nodes; one-way edges run from `a` to `b`."""

    a: int
    b: int
    points: Floats
    rank: Rank
    tag: str = ""
    oneway: bool = False
    bridge: bool = False

    @property
    def metres(self) -> float:
        """Length along the geometry."""
        return float(np.hypot(*np.diff(self.points, axis=0).T).sum())

    @property
    def line(self) -> shapely.LineString:
        """The geometry as a line."""
        return shapely.LineString(self.points)

    @property
    def sort(self) -> tuple[Rank, str, bool, bool]:
        """What two edges must share to be one edge."""
        return self.rank, self.tag, self.oneway, self.bridge

    def leaving(self, node: int) -> Floats:
        """The geometry, read away from `node`."""
        return self.points if self.a == node else self.points[::-1]

    def other(self, node: int) -> int:
        """The node at the other end."""
        return self.b if self.a == node else self.a


@dataclass
class Network:
    """Nodes, edges and which edges meet at a node."""

    xy: list[Floats] = field(default_factory=list)
    edges: dict[int, Edge] = field(default_factory=dict)
    at: list[dict[int, None]] = field(default_factory=list)
    next_edge: int = 0

    def add_node(self, point: Floats) -> int:
        """A new node; its number."""
        self.xy.append(np.round(np.asarray(point, float), 2))
        self.at.append({})
        return len(self.xy) - 1

    def add_edge(self, edge: Edge) -> int:
        """A new edge; its number."""
        edge.points = np.vstack([self.xy[edge.a], edge.points[1:-1], self.xy[edge.b]])
        number = self.next_edge
        self.next_edge += 1
        self.edges[number] = edge
        self.at[edge.a][number] = None
        self.at[edge.b][number] = None
        return number

    def remove_edge(self, number: int) -> Edge:
        """Take an edge out."""
        edge = self.edges.pop(number)
        self.at[edge.a].pop(number, None)
        self.at[edge.b].pop(number, None)
        return edge

    def degree(self, node: int) -> int:
        """How many edge ends meet at the node."""
        return sum(1 + (self.edges[e].a == self.edges[e].b) for e in self.at[node])

    def nodes(self) -> list[int]:
        """Nodes in use."""
        return [node for node in range(len(self.xy)) if self.at[node]]

    def split(self, number: int, distances: list[float]) -> list[int]:
        """Cut an edge at these distances along it; the new nodes. The parts keep the edge's sort."""
        edge = self.remove_edge(number)
        run = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(edge.points, axis=0).T))])
        marks = [0.0, *sorted(distances), float(run[-1])]
        new = [self.add_node(point_at(edge.points, run, d)) for d in marks[1:-1]]
        ends = [edge.a, *new, edge.b]
        for k in range(len(marks) - 1):
            inner = edge.points[(run > marks[k] + CRUMB_M) & (run < marks[k + 1] - CRUMB_M)]
            points = np.vstack([self.xy[ends[k]], inner, self.xy[ends[k + 1]]])
            self.add_edge(Edge(ends[k], ends[k + 1], points, edge.rank, edge.tag, edge.oneway, edge.bridge))
        return new


def point_at(points: Floats, run: Floats, distance: float) -> Floats:
    """The point at a distance along a line whose running lengths are `run`."""
    return np.array([np.interp(distance, run, points[:, 0]), np.interp(distance, run, points[:, 1])])


def turn_between(network: Network, node: int, a: int, b: int) -> float:
    """By how much one turns when going from edge a through the node into edge b."""
    one, two = (heading(network.edges[n].leaving(node)) for n in (a, b))
    return turn_of(one, two)


def turn_of(one: float, two: float) -> float:
    """By how much one turns between two streets that leave a node in these directions."""
    return abs(math.pi - abs((one - two + math.pi) % math.tau - math.pi))


def heading(points: np.ndarray, within_m: float = 30.0) -> float:
    """The direction in which a line leaves its first point."""
    run = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    d = min(within_m, float(run[-1]))
    to = np.array([np.interp(d, run, points[:, 0]), np.interp(d, run, points[:, 1])])
    return math.atan2(*(to - points[0])[::-1])


def network_of(pieces: Pieces) -> Network:
    """The graph of noded pieces, cleaned."""
    network = Network()
    node_at: dict[tuple[float, float], int] = {}
    for shape, rank, tag in zip(pieces.shape, pieces.rank, pieces.tag, strict=True):
        points = np.asarray(shape.coords)
        ends = []
        for point in (points[0], points[-1]):
            key = (round(float(point[0]), 1), round(float(point[1]), 1))
            if key not in node_at:
                node_at[key] = network.add_node(point)
            ends.append(node_at[key])
        if ends[0] != ends[1]:
            network.add_edge(Edge(ends[0], ends[1], points, Rank(int(rank)), str(tag)))
    clean(network)
    return network


def clean(network: Network) -> None:
    """Prune, contract, drop doubles and weld until nothing is too short."""
    for _ in range(4):
        prune(network, 22.0)
        weld(network)
        drop_doubles(network)
        contract(network)
    weld(network)
    keep_largest(network)
    for number in list(network.edges):
        network.edges[number].points = without_crumbs(network.edges[number].points)
        split_corners(network, number)


def without_crumbs(points: Floats) -> Floats:
    """The line without bends too small to draw, which noding leaves behind."""
    points = np.asarray(shapely.LineString(points).simplify(0.3).coords)
    kept = [points[0]]
    for point in points[1:-1]:
        if min(np.hypot(*(point - kept[-1])), np.hypot(*(point - points[-1]))) > CRUMB_M:
            kept.append(point)
    return np.vstack([*kept, points[-1]])


def split_corners(network: Network, number: int) -> None:
    """Put a node where a street turns a corner: one street ends there and another, with another name, begins."""
    points = network.edges[number].points
    step = np.diff(points, axis=0)
    run = np.concatenate([[0], np.cumsum(np.hypot(*step.T))])
    turn = np.diff(np.arctan2(step[:, 1], step[:, 0]))
    turn = np.abs((turn + math.pi) % math.tau - math.pi)
    corners = [float(d) for d in run[1:-1][turn > CORNER] if 35 < d < run[-1] - 35]
    if corners:
        network.split(number, corners)


def prune(network: Network, shorter_than_m: float) -> None:
    """Drop loose ends, and what becomes loose by it."""
    waiting = deque(node for node in network.nodes() if network.degree(node) == 1)
    while waiting:
        node = waiting.popleft()
        if network.degree(node) != 1:
            continue
        number = next(iter(network.at[node]))
        if network.edges[number].metres < shorter_than_m:
            edge = network.remove_edge(number)
            waiting.append(edge.other(node))


def weld(network: Network) -> None:
    """Join the two edges at a node where nothing changes."""
    for node in network.nodes():
        if network.degree(node) != 2 or len(network.at[node]) != 2:
            continue
        one, two = network.at[node]
        first, second = network.edges[one], network.edges[two]
        if first.sort != second.sort or first.other(node) == second.other(node) or first.oneway:
            continue
        if first.rank < Rank.SERVICE and turn_between(network, node, one, two) > CORNER:
            continue
        network.remove_edge(one)
        network.remove_edge(two)
        a, b = first.other(node), second.other(node)
        points = np.vstack([first.leaving(node)[::-1], second.leaving(node)[1:]])
        network.add_edge(Edge(a, b, points, first.rank, first.tag, first.oneway, first.bridge))


def drop_doubles(network: Network) -> None:
    """Of two edges that run side by side between the same nodes, the weaker goes."""
    between: dict[tuple[int, int], int] = {}
    for number in list(network.edges):
        edge = network.edges[number]
        if edge.a == edge.b:
            if edge.metres < 150:
                network.remove_edge(number)
            continue
        key = (min(edge.a, edge.b), max(edge.a, edge.b))
        if key not in between:
            between[key] = number
            continue
        other = network.edges[between[key]]
        if shapely.hausdorff_distance(edge.line, other.line) < 22:
            weaker, stays = (number, between[key]) if edge.rank >= other.rank else (between[key], number)
            network.remove_edge(weaker)
            between[key] = stays


def contract(network: Network) -> None:
    """Pull the ends of every edge below 9 m together, into the node with the stronger roads."""
    for number in sorted(network.edges):
        edge = network.edges.get(number)
        if edge is None or edge.metres >= SHORTEST_M:
            continue
        network.remove_edge(number)
        if edge.a == edge.b:
            continue
        keep, gone = sorted((edge.a, edge.b), key=lambda node: (strength(network, node), node))
        for moved in list(network.at[gone]):
            move_end(network, moved, gone, keep)


def strength(network: Network, node: int) -> tuple[int, ...]:
    """Sorts the nodes where stronger roads meet first."""
    return tuple(sorted(int(network.edges[e].rank) for e in network.at[node])) or (99,)


def move_end(network: Network, number: int, gone: int, keep: int) -> None:
    """Let an edge end at `keep` instead of `gone`, without a hook at its end."""
    edge = network.remove_edge(number)
    a, b = (keep if end == gone else end for end in (edge.a, edge.b))
    inner = edge.points[1:-1]
    inner = inner[np.hypot(*(inner - network.xy[keep]).T) > 14] if len(inner) else inner
    points = np.vstack([network.xy[a], inner, network.xy[b]])
    if a != b or len(inner) > 1:
        network.add_edge(Edge(a, b, points, edge.rank, edge.tag, edge.oneway, edge.bridge))


def keep_largest(network: Network) -> int:
    """Drop all edges that are not joined to the largest part; how many went."""
    part: dict[int, int] = {}
    sizes: list[int] = []
    for start in network.nodes():
        if start in part:
            continue
        part[start] = len(sizes)
        waiting, size = [start], 0
        while waiting:
            node = waiting.pop()
            size += 1
            for number in network.at[node]:
                nxt = network.edges[number].other(node)
                if nxt not in part:
                    part[nxt] = len(sizes)
                    waiting.append(nxt)
        sizes.append(size)
    largest = int(np.argmax(sizes))
    lost = [number for number, edge in network.edges.items() if part[edge.a] != largest]
    for number in lost:
        network.remove_edge(number)
    return len(lost)


def mark_bridges(network: Network, river: shapely.Polygon) -> None:
    """Cut out the stretch over the water as a bridge; what is weaker than tertiary does not cross."""
    over = river.buffer(12)
    shapely.prepare(river)
    for number in list(network.edges):
        edge = network.edges[number]
        if not shapely.intersects(river, edge.line):
            continue
        if edge.rank > Rank.TERTIARY:
            network.remove_edge(number)
            continue
        water = shapely.intersection(edge.line, over)
        marks = [float(shapely.line_locate_point(edge.line, shapely.Point(c))) for c in shapely.get_coordinates(water)]
        low, high = min(marks), max(marks)
        new = network.split(number, [low, high])
        for part in network.at[new[0]]:
            if part in network.at[new[1]]:
                network.edges[part].bridge = True
    prune(network, 22.0)
    keep_largest(network)


def turn_roundabout(network: Network, tag: str) -> None:
    """Make the edges with this tag one-way, counter-clockwise as where traffic keeps right."""
    numbers = [number for number, edge in network.edges.items() if edge.tag == tag]
    middle = np.mean([network.xy[network.edges[n].a] for n in numbers], axis=0)
    for number in numbers:
        edge = network.edges[number]
        (x0, y0), (x1, y1) = edge.points[0] - middle, edge.points[1] - middle
        if x0 * y1 - y0 * x1 < 0:
            edge.a, edge.b, edge.points = edge.b, edge.a, edge.points[::-1]
        edge.oneway = True
