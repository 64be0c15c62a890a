package com.acme.user;

import com.acme.base.Crud;
import com.acme.base.Entity;
import com.acme.shop.Page;
import com.acme.shop.Shape;
import java.io.IOException;
import java.io.Serializable;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Timestamp;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

public interface UserService extends Crud<User, Long> {
    // overloads
    User find(long id) throws NotFoundException;

    User find(String name) throws NotFoundException, IOException;

    List<User> find(String[] names, int... limits);

    // hides Crud.get, whose descriptor is another
    @Override
    User get(Long id);

    // generics
    Map<String, List<Integer>> groups(List<? extends User> users);

    <T extends Comparable<T>> T max(Collection<T> list);

    <E extends Entity<?>> E touch(E entity);

    Page<User> page(Page<?> after);

    CompletableFuture<List<User>> later(int n);

    CompletableFuture<Void> nothing();

    // simple types
    byte[] bytes(byte[] b);

    long[][] matrix(long[][] m);

    Integer[] boxes(Short a, Byte b, Float c, Double d, Boolean e);

    char letter(char a, Character b, CharSequence c);

    float ratio(float a, double b, short c, byte d, boolean e);

    Date when(Timestamp at);

    Level level(Level level);

    User.Kind kind(User.Kind kind);

    Object any(Serializable a, Number b);

    // collections
    Set<Level> levels(SortedMap<String, Timestamp> since);

    Map<Long, Set<String>> nested(List<String[]> rows);

    Map<User, String> odd();

    Map<Level, User> byLevel();

    @SuppressWarnings("rawtypes")
    List raw(Map map);

    // others
    BigDecimal total(BigInteger n, UUID id);

    Shape shape(Shape shape);

    com.acme.shop.User shopper(Admin admin);
}
