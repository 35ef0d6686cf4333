"""Which words are the made-up names made of, and how are they said in English?

Every character used in a name stands in `SOUND`, so that a name in Latin letters is never left out. Town names were
chosen so that none is a place known by that name beyond its own county.
"""

from typing import NamedTuple


class Name(NamedTuple):
    """A name in both languages."""

    zh: str
    en: str


SOUNDS = {
    "an": "安", "ba": "坝", "bai": "白", "bao": "堡宝", "bei": "北碑", "bian": "边", "cai": "才", "cang": "仓",
    "cao": "槽草", "cha": "岔茶", "chang": "场昌长", "chao": "朝", "che": "车", "cheng": "城", "chuan": "川",
    "chun": "春", "cu": "醋", "cui": "翠", "da": "大", "dao": "道", "de": "德", "deng": "灯", "ding": "定",
    "dong": "东", "dou": "豆", "du": "渡", "dun": "墩", "fang": "坊方", "fei": "飞", "feng": "丰峰烽风",
    "fo": "佛", "fu": "富府福腐", "gan": "甘", "gao": "高", "gong": "工弓", "gou": "沟", "gu": "古谷鼓",
    "guan": "关官馆", "guang": "光", "gui": "归", "hai": "海", "han": "瀚", "hao": "好", "he": "和河",
    "hei": "黑", "hong": "红", "hou": "后", "hu": "湖胡", "hua": "化华花", "huai": "怀槐", "huang": "隍",
    "hui": "会惠汇", "ji": "积集", "jia": "家", "jian": "建箭", "jiang": "匠", "jiao": "校", "jie": "结",
    "jin": "进金锦", "jing": "井景靖", "ju": "居", "kang": "康", "ke": "稞", "kong": "空", "ku": "苦",
    "lan": "岚", "lang": "浪", "le": "乐", "li": "利", "liang": "梁粮", "lin": "林", "ling": "岭铃",
    "liu": "六柳流", "long": "陇", "lou": "楼", "lu": "芦路", "luo": "落", "lü": "绿", "ma": "马麻", "mai": "麦",
    "men": "门", "miao": "庙", "min": "民", "ming": "名明鸣", "mo": "漠磨", "mu": "木沐", "nan": "南",
    "nian": "年", "ning": "宁", "nong": "农", "pan": "盘", "ping": "平", "po": "坡", "qian": "前", "qiao": "桥",
    "qing": "庆晴清青", "qu": "渠", "quan": "泉", "ren": "人仁", "rui": "瑞", "run": "润", "ruo": "弱",
    "sai": "塞", "san": "三", "sha": "沙", "shan": "山", "shang": "上", "she": "设", "sheng": "生盛胜",
    "shi": "仕市石", "shou": "收首", "shu": "书戍树", "shuang": "双", "shui": "水", "shuo": "朔", "song": "松",
    "sui": "燧穗绥", "suo": "梭", "ta": "塔", "tai": "台泰", "tan": "滩", "tang": "棠", "tao": "桃",
    "tian": "天甜田", "tie": "铁", "ting": "亭庭", "tong": "铜", "tou": "头", "tuan": "团", "tun": "屯",
    "tuo": "驼", "wang": "望", "wei": "卫苇", "wen": "文", "wu": "五", "xi": "溪西", "xia": "下",
    "xiang": "祥香", "xiao": "小", "xin": "新", "xing": "兴幸星杏", "xiu": "绣", "xue": "学雪", "ya": "雅",
    "yan": "盐雁", "yang": "杨羊阳", "yao": "窑", "ye": "业野", "yi": "怡驿", "yin": "荫银", "ying": "营迎",
    "yong": "永", "you": "友油", "yu": "榆玉育裕", "yuan": "原园源苑院", "yue": "月", "yun": "云", "zao": "凿枣",
    "ze": "泽", "zhai": "寨", "zhan": "站", "zhen": "振镇", "zhong": "钟", "zhou": "洲", "zhu": "竹",
    "zhuan": "砖", "zhuang": "庄", "zi": "子",
}  # fmt: skip
SOUND = {char: sound for sound, chars in SOUNDS.items() for char in chars}
"""How each character is said in the names used here (长 is chang in all of them)."""


def said(words: str) -> str:
    """The sound of a word in Latin letters: 柳泉 is Liuquan, 西安 would be Xi'an."""
    out = ""
    for char in words:
        sound = SOUND[char]
        out += ("'" if out and sound[0] in "aoe" else "") + sound
    return out.capitalize()


CITY = Name("朔泉市", "Shuoquan")
SEAT = "柳泉"
SOUTH_TOWN_WORDS = ("渠首", "望燧", "雁落滩", "沙枣渡", "石佛", SEAT, "苇湖", "双燧")
NORTH_TOWN_WORDS = ("镇漠", "榆关堡", "白草渡", "驼营子", "戍北", "梭梭井")
VILLAGE_FIRST = "石驼芦羊杏六杨井枣头榆小马麦下双烽沙柳五上白新高苇甘古大三黑"
VILLAGE_LAST = (
    "桥", "营盘", "坝", "营", "墩", "庄", "岔", "泉", "槽", "湖", "家堡", "台", "寨", "磨", "沟", "滩",
    "树", "梁", "井",
)  # fmt: skip  # fmt: skip

FIXED: dict[str, Name] = {
    "ring-east": Name("环城东路", "Huancheng East Road"),
    "ring-north": Name("环城北路", "Huancheng North Road"),
    "ring-west": Name("环城西路", "Huancheng West Road"),
    "ring-south": Name("环城南路", "Huancheng South Road"),
    "river-north": Name("滨河北路", "Binhe North Road"),
    "river-south": Name("滨河南路", "Binhe South Road"),
    "great-north": Name("北大街", "North Street"),
    "great-south": Name("南大街", "South Street"),
    "great-east": Name("东大街", "East Street"),
    "great-west": Name("西大街", "West Street"),
    "great-approach": Name("迎宾街", "Yingbin Street"),
    "station-avenue": Name("站前大街", "Zhanqian Street"),
    "drum-ring": Name("鼓楼环路", "Gulou Circle"),
    "lake-road": Name("环湖路", "Huanhu Road"),
    "national-west": Name("国道绥漠线西段", "National Road Suimo West"),
    "national-east": Name("国道绥漠线东段", "National Road Suimo East"),
    "county-west": Name("朔西公路", "Shuoxi Highway"),
    "county-east": Name("朔东公路", "Shuodong Highway"),
    "mouth-west": Name("西口连接线", "Xikou Link Road"),
    "mouth-east": Name("东口连接线", "Dongkou Link Road"),
    "seat-station": Name("柳泉站前路", "Liuquan Station Road"),
    "north-east": Name("朔北公路", "Shuobei Highway"),
    "motorway": Name("绥漠高速公路", "Suimo Expressway"),
    "link-0": Name("渠镇公路", "Quzhen Highway"),
    "link-1": Name("雁榆公路", "Yanyu Highway"),
    "link-2": Name("柳驼公路", "Liutuo Highway"),
    "link-3": Name("苇梭公路", "Weisuo Highway"),
    "to-motorway-0": Name("镇漠连接线", "Zhenmo Link Road"),
    "to-motorway-1": Name("白草渡连接线", "Baicaodu Link Road"),
    "to-motorway-2": Name("驼营连接线", "Tuoying Link Road"),
    "to-motorway-3": Name("梭梭井连接线", "Suosuojing Link Road"),
}

ARTERIALS = (
    "镇朔", "绿洲", "胡杨", "驼铃", "沙枣", "弱水", "瀚海", "红柳", "飞雁", "天马", "星海", "望燧", "长亭",
    "朔风", "鸣沙", "玉沙", "白草", "甘棠", "积雪", "云屯", "定漠", "塞云", "凿空", "明驼", "流沙", "惠渠",
    "花门", "戍楼", "雁塞", "梭梭", "绥河", "柳泉", "石关", "康台", "晴川", "麦浪", "阳坡", "汇源", "杏林",
    "锦平", "银沙", "青稞", "长风", "烽燧", "归雁", "平沙", "月泉", "金穗",
)  # fmt: skip  # fmt: skip
FIRST = "安丰宁平康永兴振瑞锦怀靖绥朔戍沐清文长和云塞定镇雁沙驼榆石德福庆春景光新裕惠仁润祥玉金"
LAST = "泉川原岭台林峰关堡渠陇漠燧阳昌盛泰源和平岚杨枣野安宁康乐德福华明春山水河田柳松"
LANES = (
    "豆腐", "槐树", "醋坊", "钟楼", "羊市", "粮市", "柳荫", "马市", "仓门", "银匠", "石碑", "双井", "书院",
    "油坊", "箭道", "城隍庙", "石桥", "校场", "枣园", "鼓楼后", "文庙", "麻市", "茶坊", "磨坊", "砖塔",
    "弓匠", "驼市", "甜水井", "苦水井", "灯市", "木市", "花市", "官井", "水门", "竹市", "铁匠", "桃园",
    "会馆", "铜匠", "盐市",
)  # fmt: skip  # fmt: skip
LANE_FIRST = "上下东西南北前后大小"
TOWN_STREETS = (
    "人民", "文化", "建设", "车站", "西关", "东关", "南关", "北关", "团结", "胜利", "民生", "新华", "和平",
    "幸福", "康宁", "水利", "粮站", "农场", "学府", "庙前", "集市", "河滩", "林场", "渠边", "卫生", "兴农",
    "利民", "振兴", "富民", "友好", "光明", "红星", "东风", "朝阳", "柳荫", "枣林", "杏园", "砖窑", "油坊",
    "驿站", "望河", "长乐", "丰收", "金谷", "绿荫", "育才", "前进", "青年", "工农", "迎春",
)  # fmt: skip  # fmt: skip
COMPOUND_FIRST = (
    "朔风", "绿洲", "胡杨", "瀚海", "锦绣", "金穗", "翠湖", "雁鸣", "月泉", "沙枣", "杏林", "柳荫",
    "绥水", "云泉", "祥和", "康乐", "幸福", "阳光", "花溪", "文庭", "星海", "丰泽", "和润", "瑞景",
    "华庭", "景阳", "安居", "怡海", "清泉", "名仕", "书香", "玉泉", "晴川", "新城", "雅居", "长青",
    "天和", "东方", "永兴", "宝石",
)  # fmt: skip
AREA_WORDS: dict[str, tuple[tuple[str, str], ...]] = {
    "residential": (
        ("小区", "Estate"),
        ("家园", "Homes"),
        ("花园", "Gardens"),
        ("新村", "New Village"),
        ("苑", "Court"),
        ("雅苑", "Court"),
        ("名居", "Residence"),
        ("公寓", "Apartments"),
        ("嘉园", "Homes"),
        ("佳苑", "Court"),
    ),
    "industrial": (
        ("机械厂", "Machine Works"),
        ("食品厂", "Food Works"),
        ("建材厂", "Building Materials"),
        ("面粉厂", "Flour Mill"),
        ("农机厂", "Farm Machinery"),
        ("物流园", "Logistics Park"),
        ("仓储中心", "Warehouses"),
        ("电器厂", "Electrical Works"),
        ("包装厂", "Packaging Works"),
    ),
    "commercial": (
        ("广场", "Plaza"),
        ("商场", "Stores"),
        ("大厦", "Building"),
        ("商务中心", "Business Centre"),
        ("建材市场", "Building Market"),
    ),
    "park": (("公园", "Park"),),
}
